package dev.sluice.parity;

import java.util.Map;

/**
 * What diffusers' pipelines take for arguments that a call leaves out.
 *
 * @param steps {@code num_inference_steps}
 * @param guidanceScale {@code guidance_scale}
 * @param strength of image to image
 * @param size {@code height} and {@code width} in pixels; 0 for the model's own
 * @param rawTensors whether pictures given and returned as PyTorch tensors stay in [-1, 1]
 */
record CallDefaults(
    int steps, double guidanceScale, double strength, int size, boolean rawTensors) {

  private static final Map<String, CallDefaults> BY_CLASS =
      Map.ofEntries(
          Map.entry("StableDiffusionPipeline", of(50, 7.5, 1)),
          Map.entry("StableDiffusionImg2ImgPipeline", of(50, 7.5, 0.8)),
          Map.entry("LatentConsistencyModelPipeline", of(4, 8.5, 1)),
          Map.entry("StableDiffusionUpscalePipeline", of(75, 9, 1)),
          Map.entry("StableDiffusionXLPipeline", of(50, 5, 1)),
          Map.entry("StableDiffusionXLImg2ImgPipeline", of(50, 5, 0.3)),
          Map.entry("StableDiffusion3Pipeline", of(28, 7, 1)),
          Map.entry("DDPMPipeline", of(1000, 1, 1)),
          Map.entry("DDIMPipeline", of(50, 1, 1)),
          Map.entry("DiTPipeline", of(50, 4, 1)),
          Map.entry("IFPipeline", new CallDefaults(100, 7, 1, 0, true)),
          Map.entry("IFSuperResolutionPipeline", new CallDefaults(50, 4, 1, 0, true)),
          Map.entry("KandinskyV22PriorPipeline", of(25, 4, 1)),
          Map.entry("KandinskyV22Pipeline", new CallDefaults(100, 4, 1, 512, false)));

  private static CallDefaults of(int steps, double guidanceScale, double strength) {
    return new CallDefaults(steps, guidanceScale, strength, 0, false);
  }

  static CallDefaults of(String className) {
    return BY_CLASS.get(className);
  }

  static boolean knows(String className) {
    return BY_CLASS.containsKey(className);
  }
}
