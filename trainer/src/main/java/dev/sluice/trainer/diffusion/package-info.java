/**
 * The loss of diffusion, in parts that are each an equation: what noise does to a picture ({@link
 * dev.sluice.trainer.diffusion.ForwardProcess}), what a network says of it ({@link
 * dev.sluice.trainer.diffusion.Prediction}), how much each timestep counts ({@link
 * dev.sluice.trainer.diffusion.Weighting}), and a variance of its own ({@link
 * dev.sluice.trainer.diffusion.LearnedVariance}). Beside it, what a denoiser that has learned says
 * to a sample ({@link dev.sluice.trainer.diffusion.ScoreDistillation}).
 */
package dev.sluice.trainer.diffusion;
