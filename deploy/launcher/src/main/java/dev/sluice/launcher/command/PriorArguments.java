package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import picocli.CommandLine.Option;

/** How picture embeddings are made. */
final class PriorArguments {

  @Option(
      names = "--prior-model",
      paramLabel = "NAME",
      description = "The model, beside this one, whose prior makes the picture embeddings.")
  private String model;

  @Option(names = "--prior-steps", paramLabel = "STEPS", description = "Steps of the prior.")
  private Integer steps;

  @Option(names = "--prior-guidance", paramLabel = "SCALE", description = "The prior's guidance.")
  private Double guidance;

  @Option(
      names = "--autoregressive-prior",
      description = "Picture embeddings by the model's autoregressive prior.")
  private boolean autoregressive;

  @Option(
      names = "--candidates",
      paramLabel = "NUMBER",
      description =
          "Sample so many picture embeddings, 1 to 16; that most like the prompt is used.")
  private Integer candidates;

  /** The name of a model beside the first; null for none. */
  String model() {
    return model;
  }

  void apply(GenerationRequest.Builder request) {
    set(model, request::setPriorModel);
    set(candidates, request::setPriorCandidates);
    request.setAutoregressivePrior(autoregressive);
    if (steps != null || guidance != null) {
      SamplingSettings.Builder prior = SamplingSettings.newBuilder();
      set(steps, prior::setSteps);
      set(guidance, prior::setGuidanceScale);
      request.setPrior(prior);
    }
  }
}
