package dev.sluice.denoiser;

import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.DenoiserResult;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.pipeline.DenoiserEngine;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.TextEmbedding;
import dev.sluice.serving.Engines;
import dev.sluice.serving.Samplings;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.Task;
import dev.sluice.stage.InvalidTaskException;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageModule;
import dev.sluice.stage.StageProtocol;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** Denoises a small picture from an image embedding and a text. */
@ApplicationScoped
class DenoiserStage implements StageModule<DenoiserTask, DenoiserResult> {

  private final Engines<DenoiserEngine> engines;

  DenoiserStage(Engines<DenoiserEngine> engines) {
    this.engines = engines;
  }

  @Override
  public StageProtocol<DenoiserTask, DenoiserResult> protocol() {
    return StageProtocol.DENOISER;
  }

  @Override
  public Stage<DenoiserTask, DenoiserResult> load() {
    engines.load("decoder", DenoiserEngine::load);
    return this::denoise;
  }

  private DenoiserResult denoise(DenoiserTask task, StageContext context) {
    DenoiserEngine engine = engines.of(task.getHeader().getModel());
    DenoiserParameters parameters = task.getParameters();
    requireSize("parameters.width", parameters.getWidth(), engine.size());
    requireSize("parameters.height", parameters.getHeight(), engine.size());
    Map<String, Tensor> inputs = task.getInputsMap();
    HostTensor.Floats embedding = StageTensors.floats(inputs, StageTensors.IMAGE_EMBEDS);
    TextEmbedding text = StageTensors.text(inputs, "");
    TextEmbedding negative = StageTensors.text(inputs, StageTensors.NEGATIVE);
    Sampling sampling = Samplings.of(parameters.getSampling(), "parameters.sampling");
    return Task.run(
        task.getHeader(),
        context,
        work -> {
          HostTensor.Floats sample =
              engine.denoise(
                  embedding, text, negative, sampling, work.generator(), work.listener());
          Map<String, Tensor> outputs = Map.of(StageTensors.SAMPLE, StageTensors.of(sample));
          return DenoiserResult.newBuilder().setResult(work.result(outputs)).build();
        });
  }

  private static void requireSize(String field, int found, int size) {
    if (found != 0 && found != size) {
      throw InvalidTaskException.inField(
          field, "%d pixels; this model makes %d".formatted(found, size));
    }
  }
}
