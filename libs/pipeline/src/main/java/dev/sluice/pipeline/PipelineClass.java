package dev.sluice.pipeline;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The pipelines that can be served: diffusers' classes, as {@code model_index.json} names them. */
public enum PipelineClass {
  /** Text to picture by way of a picture embedding: Ramesh et al. 2022, as Karlo trained it. */
  UNCLIP(
      "UnCLIPPipeline",
      "text_encoder",
      "tokenizer",
      "prior",
      "prior_scheduler",
      "text_proj",
      "decoder",
      "decoder_scheduler",
      "super_res_first",
      "super_res_last",
      "super_res_scheduler"),
  /** A picture's embedding to other pictures of the same: unCLIP without its prior. */
  UNCLIP_IMAGE_VARIATION(
      "UnCLIPImageVariationPipeline",
      "text_encoder",
      "tokenizer",
      "image_encoder",
      "text_proj",
      "decoder",
      "decoder_scheduler",
      "super_res_first",
      "super_res_last",
      "super_res_scheduler");

  private final String className;
  private final List<String> components;

  PipelineClass(String className, String... components) {
    this.className = className;
    this.components = List.of(components);
  }

  /** diffusers' name. */
  public String className() {
    return className;
  }

  /** The components that a model of this class must have. */
  List<String> components() {
    return components;
  }

  /**
   * The class of that name.
   *
   * @param origin where it was read, for the message
   * @throws IllegalArgumentException if it is none of these
   */
  static PipelineClass named(String name, String origin) {
    for (PipelineClass pipeline : values()) {
      if (pipeline.className.equals(name)) {
        return pipeline;
      }
    }
    throw new IllegalArgumentException(
        "%s: _class_name is %s, which cannot be served; known: %s"
            .formatted(
                origin,
                name,
                Arrays.stream(values())
                    .map(PipelineClass::className)
                    .collect(Collectors.joining(", "))));
  }
}
