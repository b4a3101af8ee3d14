package dev.sluice.trainer.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.Network;
import dev.sluice.pipeline.model.Components;
import dev.sluice.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainShapesUnclipTest {

  @TempDir private Path folder;

  private int train(String... arguments) {
    List<String> all =
        new java.util.ArrayList<>(
            List.of(
                "--out", folder.resolve("model").toString(),
                "--work", folder.resolve("work").toString()));
    all.addAll(List.of(arguments));
    return new CommandLine(new TrainShapesUnclip()).execute(all.toArray(String[]::new));
  }

  @Test
  void aSecondRunGoesOnFromTheSavesOfTheFirst() throws IOException {
    Path model = folder.resolve("model");
    Path save = folder.resolve("work/clip.safetensors");

    assertThat(train("--part", "CLIP", "--steps", "1")).isZero();
    assertThat(stepsOf(save)).isEqualTo("1");
    assertThat(train("--part", "CLIP", "--steps", "2")).isZero();
    assertThat(stepsOf(save)).isEqualTo("2");

    ModelFolder opened = ModelFolder.open(model);
    assertThat(opened.pipeline().className()).isEqualTo("UnCLIPPipeline");
    try (Network text = Components.network(opened, "text_encoder")) {
      assertThat(text).as("the weights fit the config beside them").isNotNull();
    }
  }

  private static String stepsOf(Path save) {
    try (SafetensorsFile file = SafetensorsFile.open(save)) {
      return file.metadata().get("step");
    }
  }
}
