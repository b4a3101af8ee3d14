/** Pixels of captions, in the files and with the inputs that diffusers' {@code IFPipeline} has. */
package dev.sluice.trainer.captioned;
