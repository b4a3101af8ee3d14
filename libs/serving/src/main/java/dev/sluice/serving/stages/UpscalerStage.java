package dev.sluice.serving.stages;

import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.contract.v1.PngImage;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Pictures;
import dev.sluice.pipeline.upscale.PaintedPicture;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.serving.Engines;
import dev.sluice.serving.Samplings;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.work.StageContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes what the denoiser left into the final picture, and the PNG file of it. */
public final class UpscalerStage extends EngineStage<UpscalerEngine> {

  /** The keyword of the recipe in a PNG file. */
  private static final String RECIPE = "sluice";

  public UpscalerStage(Engines<UpscalerEngine> engines) {
    super(engines, new UpscalerKind());
  }

  @Override
  StageResult work(Task task, StageContext context) {
    HostTensor.Floats picture = StageTensors.floats(task.getInputsMap(), TensorNames.SAMPLE);
    List<Sampling> cascade = cascade(task.getStep().getUpscaler().getCascadeList());
    Optional<PaintedPicture> painted = painted(task.getInputsMap());
    return run(
        task,
        context,
        size(picture, cascade),
        (engine, work) -> {
          HostTensor.Floats large =
              engine.upscale(picture, cascade, painted, work.generator(), work.listener());
          Map<String, Tensor> outputs = Map.of(TensorNames.SAMPLE, StageTensors.of(large));
          PngImage image =
              PngImage.newBuilder()
                  .setPng(
                      UnsafeByteOperations.unsafeWrap(Pictures.png(large, texts(work.header()))))
                  .setHeight(large.shape()[2])
                  .setWidth(large.shape()[3])
                  .build();
          return work.result(outputs).toBuilder().setImage(image).build();
        });
  }

  /** Where there is a mask, there is the picture that it lies on. */
  private static Optional<PaintedPicture> painted(Map<String, Tensor> inputs) {
    return inputs.containsKey(TensorNames.MASK)
        ? Optional.of(
            new PaintedPicture(
                StageTensors.floats(inputs, TensorNames.IMAGE),
                StageTensors.floats(inputs, TensorNames.MASK)))
        : Optional.empty();
  }

  /** What networks enlarge by denoising has one size only, the model's own. */
  private static PictureSize size(HostTensor.Floats sample, List<Sampling> cascade) {
    return sample.shape().length == 4 && cascade.isEmpty()
        ? PictureSize.sample(sample.shape()[2], sample.shape()[3])
        : PictureSize.OWN;
  }

  private static Map<String, String> texts(TaskHeader header) {
    return header.getRecipe().isEmpty() ? Map.of() : Map.of(RECIPE, header.getRecipe());
  }

  private static List<Sampling> cascade(List<SamplingSettings> parameters) {
    List<Sampling> cascade = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      cascade.add(Samplings.of(parameters.get(i), "parameters.cascade[" + i + "]"));
    }
    return cascade;
  }
}
