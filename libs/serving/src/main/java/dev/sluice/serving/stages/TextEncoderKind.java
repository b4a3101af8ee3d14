package dev.sluice.serving.stages;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.serving.EngineKind;
import java.util.List;
import java.util.stream.Stream;

/** The text encoders of models. */
final class TextEncoderKind implements EngineKind<TextEncoder> {

  @Override
  public Stage stage() {
    return Stage.TEXT_ENCODER;
  }

  @Override
  public boolean serves(PipelineClass pipeline) {
    return pipeline.takesText();
  }

  @Override
  public TextEncoder load(ModelFolder model, BatchLimit limit) {
    return Families.textEncoder(model, limit);
  }

  @Override
  public List<String> components(ModelFolder model) {
    return Stream.of("text_encoder", "text_encoder_2", "text_encoder_3")
        .filter(model::has)
        .toList();
  }
}
