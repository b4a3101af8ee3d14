package dev.sluice.diffusion.sampling;

/**
 * The outcome of one step.
 *
 * @param sample the sample of the next, less noisy timestep; the shape is the run's
 * @param predictedOriginal the clean sample as far as this step can tell, for previews; same shape
 */
public record StepResult(float[] sample, float[] predictedOriginal) {}
