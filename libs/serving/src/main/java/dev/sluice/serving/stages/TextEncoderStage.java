package dev.sluice.serving.stages;

import dev.sluice.contract.Limits;
import dev.sluice.contract.OutOfRangeException;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.serving.Engines;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import java.util.Map;

/** Encodes the prompt and the negative prompt, or the empty text in its place. */
public final class TextEncoderStage extends EngineStage<TextEncoder> {

  public TextEncoderStage(Engines<TextEncoder> engines) {
    super(engines, new TextEncoderKind());
  }

  @Override
  StageResult work(Task task, StageContext context) {
    TextEncoderParameters parameters = task.getStep().getTextEncoder();
    requireLength("parameters.prompt", parameters.getPrompt());
    requireLength("parameters.negative_prompt", parameters.getNegativePrompt());
    return run(
        task,
        context,
        PictureSize.OWN,
        (engine, work) -> {
          Prompt prompt = prompt(parameters);
          Map<String, Tensor> outputs = StageTensors.of(engine.encode(prompt));
          work.warn(engine.leftOut(prompt));
          context.progress(1, 1);
          return work.result(outputs);
        });
  }

  /** In a message no negative prompt and an empty one are the same. */
  private static Prompt prompt(TextEncoderParameters parameters) {
    Prompt prompt = Prompt.of(parameters.getPrompt());
    return parameters.getNegativePrompt().isEmpty()
        ? prompt
        : prompt.without(parameters.getNegativePrompt());
  }

  private static void requireLength(String field, String text) {
    try {
      Limits.checkText(field, text);
    } catch (OutOfRangeException e) {
      throw InvalidTaskException.inField(field, e.getMessage());
    }
  }
}
