/**
 * The denoising stage: what is particular to each family of models, and the engine that samples.
 */
package dev.sluice.pipeline.denoise;
