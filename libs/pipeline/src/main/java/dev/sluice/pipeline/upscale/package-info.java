/** The last stage: from what the denoiser left to the finished picture. */
package dev.sluice.pipeline.upscale;
