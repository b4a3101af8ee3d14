package dev.sluice.bench;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.StageResult;
import java.util.Collections;

/** What measurements ask of an unCLIP, and what they are given. */
final class Asked {

  private static final String SAMPLE = "sample";

  private Asked() {}

  /**
   * A picture of a model with two enlargements.
   *
   * @param upscalerSteps of each of them
   */
  static GenerationRequest picture(
      String prompt,
      long seed,
      SamplingSettings prior,
      SamplingSettings denoiser,
      int upscalerSteps) {
    SamplingSettings upscaling = SamplingSettings.newBuilder().setSteps(upscalerSteps).build();
    return GenerationRequest.newBuilder()
        .setPrompt(prompt)
        .setSeed(seed)
        .setPrior(prior)
        .setDenoiser(denoiser)
        .addAllUpscaler(Collections.nCopies(2, upscaling))
        .build();
  }

  static SamplingSettings sampling(int steps, double guidanceScale) {
    return SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale).build();
  }

  /** A finished picture's values, about [-1, 1]. */
  static float[] values(StageResult picture) {
    return TensorMessages.floats(SAMPLE, picture.getOutputsOrThrow(SAMPLE));
  }
}
