/**
 * Text to token ids, as the reference's tokenizers do it: {@link
 * dev.sluice.networks.tokenizer.ClipTokenizer} and {@link
 * dev.sluice.networks.tokenizer.T5Tokenizer}, opened from a model's tokenizer folder by {@link
 * dev.sluice.networks.tokenizer.Tokenizers}. Byte-pair encoding and unigram segmentation are those
 * of Hugging Face's tokenizers and of SentencePiece, through DJL's bindings.
 */
package dev.sluice.networks.tokenizer;
