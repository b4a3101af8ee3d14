/**
 * Transformers: the encoders that turn text and pictures into embeddings ({@link
 * dev.sluice.networks.transformer.ClipTextModel}, {@link
 * dev.sluice.networks.transformer.ClipVisionModel}, {@link
 * dev.sluice.networks.transformer.T5EncoderModel}), unCLIP's prior and text projection ({@link
 * dev.sluice.networks.transformer.PriorTransformer}, {@link
 * dev.sluice.networks.transformer.UnClipTextProjModel}) and the denoisers without convolutions
 * ({@link dev.sluice.networks.transformer.DiTTransformer2DModel}, {@link
 * dev.sluice.networks.transformer.SD3Transformer2DModel}).
 *
 * <p>Token rows are {@code [batch, tokens, width]}. Inputs have the names of the reference's
 * arguments, outputs those of its results.
 */
package dev.sluice.networks.transformer;
