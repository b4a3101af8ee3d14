package dev.sluice.textencoder;

import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.contract.v1.TextEncoderResult;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.pipeline.TextEncoding;
import dev.sluice.serving.Engines;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.Task;
import dev.sluice.stage.InvalidTaskException;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageModule;
import dev.sluice.stage.StageProtocol;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;

/** Encodes the prompt and the negative prompt, or the empty text in its place. */
@ApplicationScoped
class TextEncoderStage implements StageModule<TextEncoderTask, TextEncoderResult> {

  private static final int MOST_CHARACTERS = 1000;

  private final Engines<TextEncoding> engines;

  TextEncoderStage(Engines<TextEncoding> engines) {
    this.engines = engines;
  }

  @Override
  public StageProtocol<TextEncoderTask, TextEncoderResult> protocol() {
    return StageProtocol.TEXT_ENCODER;
  }

  @Override
  public Stage<TextEncoderTask, TextEncoderResult> load() {
    engines.load("text_encoder", (model, limit) -> TextEncoding.load(model));
    return this::encode;
  }

  private TextEncoderResult encode(TextEncoderTask task, StageContext context) {
    TextEncoding engine = engines.of(task.getHeader().getModel());
    TextEncoderParameters parameters = task.getParameters();
    requireLength("parameters.prompt", parameters.getPrompt());
    requireLength("parameters.negative_prompt", parameters.getNegativePrompt());
    return Task.run(
        task.getHeader(),
        context,
        work -> {
          Map<String, Tensor> outputs = new LinkedHashMap<>();
          outputs.putAll(StageTensors.of(engine.encode(parameters.getPrompt()), ""));
          outputs.putAll(
              StageTensors.of(
                  engine.encode(parameters.getNegativePrompt()), StageTensors.NEGATIVE));
          context.progress(1, 1);
          return TextEncoderResult.newBuilder().setResult(work.result(outputs)).build();
        });
  }

  private static void requireLength(String field, String text) {
    int length = text.codePointCount(0, text.length());
    if (length > MOST_CHARACTERS) {
      throw InvalidTaskException.inField(
          field, "%d characters; expected at most %d".formatted(length, MOST_CHARACTERS));
    }
  }
}
