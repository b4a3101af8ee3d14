package dev.sluice.serving.stages;

import dev.sluice.contract.Limits;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.serving.Engines;
import dev.sluice.serving.Samplings;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.TaskRun;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import java.util.Map;

/**
 * Makes the embedding of a picture that would go with the text, or of one that is there, or one on
 * the way there from another embedding.
 */
public final class PriorStage extends EngineStage<EmbeddingEngine> {

  public PriorStage(Engines<EmbeddingEngine> engines) {
    super(engines, new EmbeddingKind());
  }

  @Override
  StageResult work(Task task, StageContext context) {
    return run(
        task,
        context,
        PictureSize.OWN,
        (engine, work) -> {
          PriorParameters parameters = task.getStep().getPrior();
          Map<String, HostTensor> made;
          if (parameters.getFromChange()) {
            made = ofChange(task, context);
          } else if (parameters.getFromImage()) {
            made = ofPicture(engine, task, context);
          } else {
            made = sampled(engine, task, work);
          }
          Map<String, HostTensor> embeddings =
              parameters.hasBlend()
                  ? EmbeddingEngine.between(
                      StageTensors.floats(task.getInputsMap(), TensorNames.IMAGE_EMBEDS),
                      made,
                      parameters.getBlend())
                  : made;
          return work.result(StageTensors.of(embeddings));
        });
  }

  private static Map<String, HostTensor> ofPicture(
      EmbeddingEngine engine, Task task, StageContext context) {
    String given = task.getStep().getPrior().getImage();
    String picture = given.isEmpty() ? TensorNames.IMAGE : given;
    Map<String, HostTensor> embeddings =
        engine.embed(StageTensors.floats(task.getInputsMap(), picture));
    context.progress(1, 1);
    return embeddings;
  }

  private static Map<String, HostTensor> ofChange(Task task, StageContext context) {
    Map<String, Tensor> inputs = task.getInputsMap();
    Map<String, HostTensor> direction =
        EmbeddingEngine.change(
            StageTensors.floats(inputs, TensorNames.IMAGE_EMBEDS),
            StageTensors.floats(inputs, TensorNames.NEGATIVE + TensorNames.TEXT_EMBEDS),
            StageTensors.floats(inputs, TensorNames.TEXT_EMBEDS));
    context.progress(1, 1);
    return direction;
  }

  private static Map<String, HostTensor> sampled(EmbeddingEngine engine, Task task, TaskRun work)
      throws InterruptedException {
    Map<String, Tensor> inputs = task.getInputsMap();
    PriorParameters parameters = task.getStep().getPrior();
    return engine.sample(
        StageTensors.text(inputs, ""),
        StageTensors.text(inputs, TensorNames.NEGATIVE),
        parameters.getWithNegative(),
        candidates(parameters),
        parameters.getAutoregressive(),
        sampling(parameters),
        work.generator(),
        work.listener());
  }

  private static int candidates(PriorParameters parameters) {
    int candidates = parameters.getCandidates() == 0 ? 1 : parameters.getCandidates();
    if (candidates < 1 || candidates > Limits.PRIOR_CANDIDATES) {
      throw InvalidTaskException.inField(
          "parameters.candidates",
          "candidates: %d; expected 1 to %d".formatted(candidates, Limits.PRIOR_CANDIDATES));
    }
    return candidates;
  }

  /** An autoregressive prior takes as many steps as there are codes. */
  private static Sampling sampling(PriorParameters parameters) {
    SamplingSettings given = parameters.getSampling();
    return Samplings.of(
        parameters.getAutoregressive() ? given.toBuilder().setSteps(1).build() : given,
        "parameters.sampling");
  }
}
