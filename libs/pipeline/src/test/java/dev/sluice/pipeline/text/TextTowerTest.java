package dev.sluice.pipeline.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.pipeline.batch.BatchLimit;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TextTowerTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  /** Of a large CLIP all hidden states of 64 remembered texts would be 0.8 GB. */
  @Test
  void outputs_areThoseThatAreWantedAndNoOthers() {
    ModelFolder model = ModelFolder.open(GOLDENS.resolve("pipe-sdxl"));
    try (TextTower some =
        TextTower.load(model, BatchLimit.DEFAULT, "_2", false, "hidden_states.-2", "text_embeds")) {
      assertThat(some.outputs("a red circle", 77))
          .containsOnlyKeys("hidden_states.-2", "text_embeds");
    }
  }
}
