/**
 * Reading and writing <a href="https://github.com/huggingface/safetensors">safetensors</a>
 * checkpoints: in one file or in shards, and safe against files made to do harm.
 *
 * <p>A safetensors file is eight bytes of little-endian header length, a JSON header that gives
 * each tensor's dtype, shape and byte range, and then the tensors' bytes without gaps. {@link
 * dev.sluice.safetensors.Checkpoints} finds the files in a model folder.
 */
package dev.sluice.safetensors;
