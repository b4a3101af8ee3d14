package dev.sluice.parity;

import java.util.Map;
import java.util.Optional;

/**
 * What diffusers' pipelines take for arguments that a call leaves out, and what they give for
 * PyTorch tensors.
 *
 * @param steps {@code num_inference_steps}
 * @param guidanceScale {@code guidance_scale}
 * @param strength of image to image
 * @param size {@code height} and {@code width} in pixels; 0 for the model's own
 * @param sampler that the pipeline puts in place of the model's own; empty for most
 * @param tensors what is given and returned when the {@code output_type} is PyTorch tensors
 */
record CallDefaults(
    int steps,
    double guidanceScale,
    double strength,
    int size,
    Optional<String> sampler,
    Tensors tensors) {

  /** Pictures as PyTorch tensors. */
  enum Tensors {
    /** In [0, 1]. */
    UNIT,
    /** In [-1, 1], and given pictures too. */
    RAW,
    /** As numpy arrays are: some pipelines know no tensors. */
    LIKE_ARRAYS
  }

  private static final Map<String, CallDefaults> BY_CLASS =
      Map.ofEntries(
          Map.entry("StableDiffusionPipeline", of(50, 7.5, 1)),
          Map.entry("StableDiffusionImg2ImgPipeline", of(50, 7.5, 0.8)),
          Map.entry("LatentConsistencyModelPipeline", of(4, 8.5, 1)),
          Map.entry("StableDiffusionUpscalePipeline", of(75, 9, 1)),
          Map.entry("StableDiffusionXLPipeline", of(50, 5, 1)),
          Map.entry("StableDiffusionXLImg2ImgPipeline", of(50, 5, 0.3)),
          Map.entry("StableDiffusion3Pipeline", of(28, 7, 1)),
          Map.entry("DDPMPipeline", of(1000, 1, Tensors.LIKE_ARRAYS)),
          Map.entry(
              "DDIMPipeline",
              new CallDefaults(50, 1, 1, 0, Optional.of("DDIMScheduler"), Tensors.LIKE_ARRAYS)),
          Map.entry("DiTPipeline", of(50, 4, Tensors.LIKE_ARRAYS)),
          Map.entry("IFPipeline", of(100, 7, Tensors.RAW)),
          Map.entry("IFSuperResolutionPipeline", of(50, 4, Tensors.RAW)),
          Map.entry("KandinskyV22PriorPipeline", of(25, 4, 1)),
          Map.entry(
              "KandinskyV22Pipeline",
              new CallDefaults(100, 4, 1, 512, Optional.empty(), Tensors.RAW)));

  private static CallDefaults of(int steps, double guidanceScale, double strength) {
    return new CallDefaults(steps, guidanceScale, strength, 0, Optional.empty(), Tensors.UNIT);
  }

  private static CallDefaults of(int steps, double guidanceScale, Tensors tensors) {
    return new CallDefaults(steps, guidanceScale, 1, 0, Optional.empty(), tensors);
  }

  static CallDefaults of(String className) {
    return BY_CLASS.get(className);
  }

  static boolean knows(String className) {
    return BY_CLASS.containsKey(className);
  }
}
