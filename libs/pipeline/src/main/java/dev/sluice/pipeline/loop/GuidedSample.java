package dev.sluice.pipeline.loop;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.networks.tensor.HostTensor;

/**
 * One picture at a step, as what steers it sees it.
 *
 * @param input what the denoiser was given, {@code [1, channels, height, width]}
 * @param original the clean sample that its answer stands for
 */
public record GuidedSample(
    HostTensor.Floats input, HostTensor.Floats original, float timestep, NoiseLevel level) {}
