package dev.sluice.serving.stages;

import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.serving.Engines;
import dev.sluice.serving.Samplings;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Denoises a picture or latent of the model's base size. */
public final class DenoiserStage extends EngineStage<DenoiserEngine> {

  public DenoiserStage(Engines<DenoiserEngine> engines) {
    super(engines, new DenoiserKind());
  }

  @Override
  StageResult work(Task task, StageContext context) {
    DenoiserParameters parameters = task.getStep().getDenoiser();
    Map<String, HostTensor> inputs = inputs(task);
    Sampling sampling = Samplings.of(parameters.getSampling(), "parameters.sampling");
    return run(
        task,
        context,
        size(parameters, inputs),
        (engine, work) -> {
          DenoiseRequest request =
              new DenoiseRequest(
                  List.of(inputs),
                  sampling,
                  parameters.getHeight(),
                  parameters.getWidth(),
                  span(parameters),
                  endNoise(parameters));
          HostTensor.Floats made =
              parameters.getInvert()
                  ? engine.invert(request, work.generator(), work.listener())
                  : engine.denoise(request, work.generator(), work.listener(engine.previews()));
          Map<String, Tensor> outputs = Map.of(output(parameters), StageTensors.of(made));
          return work.result(outputs);
        });
  }

  /** Where a picture is given, that is the size. */
  private static PictureSize size(DenoiserParameters parameters, Map<String, HostTensor> inputs) {
    if (inputs.get(TensorNames.LATENT) instanceof HostTensor.Floats latent
        && latent.shape().length == 4) {
      return PictureSize.sample(latent.shape()[2], latent.shape()[3]);
    }
    if (inputs.get(TensorNames.IMAGE) instanceof HostTensor.Floats picture
        && picture.shape().length == 4) {
      boolean isSaid = parameters.getHeight() > 0 && parameters.getWidth() > 0;
      // What is enlarged is smaller than the picture that it becomes.
      return isSaid
          ? PictureSize.given(parameters.getHeight(), parameters.getWidth())
          : PictureSize.given(picture.shape()[2], picture.shape()[3]);
    }
    return PictureSize.pixels(parameters.getHeight(), parameters.getWidth());
  }

  private static DenoiseRequest.Span span(DenoiserParameters parameters) {
    try {
      return new DenoiseRequest.Span(
          parameters.hasStrength() ? parameters.getStrength() : 1,
          parameters.hasStart() ? OptionalDouble.of(parameters.getStart()) : OptionalDouble.empty(),
          parameters.hasEnd() ? OptionalDouble.of(parameters.getEnd()) : OptionalDouble.empty());
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("parameters", e.getMessage());
    }
  }

  /** Where another model has begun, its sample is the latent to go on with. */
  private static Map<String, HostTensor> inputs(Task task) {
    DenoiserParameters parameters = task.getStep().getDenoiser();
    Map<String, HostTensor> inputs = StageTensors.all(task.getInputsMap());
    if (parameters.hasStart()) {
      inputs.put(TensorNames.LATENT, StageTensors.floats(task.getInputsMap(), TensorNames.SAMPLE));
    }
    if (!parameters.getImage().isEmpty()) {
      inputs.put(
          TensorNames.IMAGE, StageTensors.floats(task.getInputsMap(), parameters.getImage()));
    }
    return inputs;
  }

  private static String output(DenoiserParameters parameters) {
    if (!parameters.getInvert()) {
      return TensorNames.SAMPLE;
    }
    return parameters.getNoise().isEmpty() ? TensorNames.NOISE : parameters.getNoise();
  }

  private static Optional<DenoiseRequest.EndNoise> endNoise(DenoiserParameters parameters) {
    return parameters.hasNoiseBlend()
        ? Optional.of(
            new DenoiseRequest.EndNoise(
                parameters.getNoiseBlend(),
                parameters.hasEndNoiseSeed()
                    ? OptionalLong.of(parameters.getEndNoiseSeed())
                    : OptionalLong.empty()))
        : Optional.empty();
  }
}
