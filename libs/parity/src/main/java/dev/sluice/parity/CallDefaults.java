package dev.sluice.parity;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.PipelineClass;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What diffusers' pipelines take for arguments that a call leaves out, as the catalog has it, and
 * what they give for PyTorch tensors.
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

  /** The classes whose recordings {@link StagesRunner} can run, each with what it gives. */
  private static final Map<PipelineClass, Tensors> GIVEN =
      new EnumMap<>(
          Map.ofEntries(
              Map.entry(PipelineClass.STABLE_DIFFUSION, Tensors.UNIT),
              Map.entry(PipelineClass.STABLE_DIFFUSION_IMAGE, Tensors.UNIT),
              Map.entry(PipelineClass.LATENT_CONSISTENCY, Tensors.UNIT),
              Map.entry(PipelineClass.STABLE_DIFFUSION_UPSCALE, Tensors.UNIT),
              Map.entry(PipelineClass.STABLE_DIFFUSION_XL, Tensors.UNIT),
              Map.entry(PipelineClass.STABLE_DIFFUSION_XL_IMAGE, Tensors.UNIT),
              Map.entry(PipelineClass.STABLE_DIFFUSION_3, Tensors.UNIT),
              Map.entry(PipelineClass.DDPM, Tensors.LIKE_ARRAYS),
              Map.entry(PipelineClass.DDIM, Tensors.LIKE_ARRAYS),
              Map.entry(PipelineClass.DIT, Tensors.LIKE_ARRAYS),
              Map.entry(PipelineClass.DEEPFLOYD, Tensors.RAW),
              Map.entry(PipelineClass.DEEPFLOYD_UPSCALE, Tensors.RAW),
              Map.entry(PipelineClass.KANDINSKY_PRIOR, Tensors.UNIT),
              Map.entry(PipelineClass.KANDINSKY_DECODER, Tensors.RAW)));

  /**
   * What a class takes.
   *
   * @param className that {@link #knows} says yes to
   */
  static CallDefaults of(String className) {
    PipelineClass pipeline = find(className).orElseThrow();
    PipelineClass.Usual usual = pipeline.usual();
    // A class that can do without a picture was recorded without one.
    boolean starts = pipeline.abilities().contains(Ability.PICTURE_NEEDED);
    return new CallDefaults(
        usual.steps(),
        usual.guidanceScale(),
        starts ? usual.strength() : 1,
        pipeline == PipelineClass.KANDINSKY_DECODER ? 512 : 0,
        pipeline == PipelineClass.DDIM ? Optional.of("DDIMScheduler") : Optional.empty(),
        GIVEN.get(pipeline));
  }

  static boolean knows(String className) {
    return find(className).isPresent();
  }

  private static Optional<PipelineClass> find(String className) {
    return GIVEN.keySet().stream().filter(known -> known.className().equals(className)).findFirst();
  }
}
