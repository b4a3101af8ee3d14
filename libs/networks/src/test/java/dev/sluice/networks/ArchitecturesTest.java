package dev.sluice.networks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitecturesTest {

  private static final Path GIVEN = Path.of(System.getProperty("sluice.goldens"), "pipe-sd");

  @TempDir private Path models;

  @BeforeEach
  void copyModel() throws IOException {
    try (Stream<Path> files = Files.walk(GIVEN)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, models.resolve("sd").resolve(GIVEN.relativize(file).toString()));
      }
    }
  }

  private String problems() {
    return String.join(
        "\n", new ModelCatalog(models, Architectures::check).inspect().get(0).problems());
  }

  @Test
  void check_findsNothingWrongWithARealModel() {
    assertThat(problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet|\"act_fn\": \"silu\"|\"act_fn\": \"swishglu\"|unet: unknown activation 'swishglu'",
        "unet|\"norm_num_groups\": 4|\"norm_num_groups\": 7|unet: group norm: ",
        "unet|\"attention_head_dim\": 2|\"attention_head_dim\": 0|unet/config.json: \"attention_head_dim\"",
        "unet|\"DownBlock2D\"|\"SpiralBlock2D\"|unet: unknown block type SpiralBlock2D",
        "unet|\"norm_eps\": 1e-05|\"norm_eps\": NaN|unet/config.json: \"norm_eps\"",
        "text_encoder|\"num_attention_heads\": 2|\"num_attention_heads\": 7|text_encoder: attention",
        "vae|\"scaling_factor\": 0.18215|\"scaling_factor\": 0|vae: scaling_factor is 0"
      })
  void check_namesTheComponentWhoseConfigMakesNoNetwork(
      String component, String given, String broken, String problem) throws IOException {
    Path config = models.resolve("sd").resolve(component).resolve("config.json");
    String text = Files.readString(config);
    assertThat(text).contains(given);
    Files.writeString(config, text.replace(given, broken));

    assertThat(problems()).startsWith(problem).doesNotContain("/ by zero", models.toString());
  }
}
