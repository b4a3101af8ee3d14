/** Vector-quantised autoencoders, and transformers that draw their codes. */
package dev.sluice.trainer.vq;
