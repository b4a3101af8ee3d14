package dev.sluice.prior;

import dev.sluice.contract.v1.PriorResult;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.pipeline.PipelineClass;
import dev.sluice.pipeline.PriorEngine;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.TensorNames;
import dev.sluice.pipeline.TextEmbedding;
import dev.sluice.serving.Engines;
import dev.sluice.serving.Samplings;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.Task;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageModule;
import dev.sluice.stage.StageProtocol;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** Samples the embedding of a picture that would go with the text. */
@ApplicationScoped
class PriorStage implements StageModule<PriorTask, PriorResult> {

  private final Engines<PriorEngine> engines;

  PriorStage(Engines<PriorEngine> engines) {
    this.engines = engines;
  }

  @Override
  public StageProtocol<PriorTask, PriorResult> protocol() {
    return StageProtocol.PRIOR;
  }

  @Override
  public Stage<PriorTask, PriorResult> load() {
    engines.load(PipelineClass::hasPrior, PriorEngine::load);
    return this::sample;
  }

  private PriorResult sample(PriorTask task, StageContext context) {
    PriorEngine engine = engines.of(task.getHeader().getModel());
    Map<String, Tensor> inputs = task.getInputsMap();
    TextEmbedding text = StageTensors.text(inputs, "");
    TextEmbedding negative = StageTensors.text(inputs, TensorNames.NEGATIVE);
    Sampling sampling = Samplings.of(task.getParameters().getSampling(), "parameters.sampling");
    return Task.run(
        task.getHeader(),
        context,
        work -> {
          HostTensor.Floats embedding =
              engine.sample(text, negative, sampling, work.generator(), work.listener());
          Map<String, Tensor> outputs =
              Map.of(TensorNames.IMAGE_EMBEDS, StageTensors.of(embedding));
          return PriorResult.newBuilder().setResult(work.result(outputs)).build();
        });
  }
}
