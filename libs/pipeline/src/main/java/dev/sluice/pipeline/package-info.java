/**
 * The stages of a generation as plain Java: {@link dev.sluice.pipeline.Families} loads, for each
 * kind of model, a text encoder ({@link dev.sluice.pipeline.text.TextEncoder}), a denoiser ({@link
 * dev.sluice.pipeline.denoise.DenoiserEngine}) and what enlarges or decodes ({@link
 * dev.sluice.pipeline.upscale.UpscalerEngine}); between them stand embeddings ({@link
 * dev.sluice.pipeline.embed.EmbeddingEngine}). Services, evaluation and parity checks all run this
 * code.
 *
 * <p>Three parts hold a stage together. A {@link dev.sluice.pipeline.loop.DenoiseLoop} is one image
 * on its way through a sampler's steps. {@link dev.sluice.pipeline.guidance.Guidance} says which
 * rows of network input a step of it needs and combines the answers. A {@link
 * dev.sluice.pipeline.batch.StepBatcher} owns a network and drives any number of loops at once; it
 * sees rows only, so every image in a batch can have a prompt, sampler, number of steps and
 * guidance of its own.
 *
 * <p>Random numbers of an image come from one generator, drawn in the order of the reference:
 * prior, decoder, super-resolution. A stage leaves the generator where the next one goes on.
 */
package dev.sluice.pipeline;
