package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerGoldenTest {

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer-clip", "tokenizer-t5"})
  void ids_areWhatTheReferenceGives(String pack) {
    PackResult result = TokenizerPack.read(GoldenPack.folder(pack)).run();
    assertThat(result.passes()).as(result.toString()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "pipe-sd, ''",
    "pipe-sdxl, ''",
    "pipe-sdxl, _2",
    "pipe-sdxl-refiner, _2",
    "pipe-sd3, ''",
    "pipe-sd3, _2",
    "pipe-sd3, _3",
    "pipe-sd-x4-upscaler, ''",
    "pipe-kandinsky22-prior, ''",
    "pipe-unclip, ''",
    "pipe-unclip-image-variation, ''",
    "pipe-if, ''",
    "pipe-if-superres, ''"
  })
  void idsOfPrompts_areThoseOfTheRecordedPipeline(String pack, String suffix) throws Exception {
    Path folder = GoldenPack.folder(pack);
    JsonNode runs = new ObjectMapper().readTree(folder.resolve("about.json").toFile()).get("runs");
    int compared = 0;
    try (Tokenizer tokenizer = Tokenizers.open(folder.resolve("tokenizer" + suffix))) {
      for (JsonNode run : runs) {
        Path golden = folder.resolve("golden." + run.get("id").asText() + ".safetensors");
        try (TensorSource recorded = SafetensorsFile.open(golden)) {
          compared += compare(recorded, tokenizer, suffix, "ids.0", prompt(run, "prompt", suffix));
          compared +=
              compare(recorded, tokenizer, suffix, "ids.1", prompt(run, "negative_prompt", suffix));
        }
      }
    }
    assertThat(compared).isPositive();
  }

  private static int compare(
      TensorSource recorded, Tokenizer tokenizer, String suffix, String name, String text) {
    String tensor = "mid.text_encoder" + suffix + "." + name;
    if (!recorded.names().contains(tensor)) {
      return 0;
    }
    int length = (int) recorded.info(tensor).shape()[1];
    assertThat(tokenizer.encode(text, length).ids())
        .as("%s of %s", tensor, text)
        .isEqualTo(recorded.longs(tensor));
    return 1;
  }

  /** A later encoder takes the first one's prompt unless it has its own; IF lowers its prompts. */
  private static String prompt(JsonNode run, String key, String suffix) {
    JsonNode arguments = run.get("kwargs");
    String own = key + suffix;
    String text = arguments.path(arguments.hasNonNull(own) ? own : key).asText("");
    text = text.equals("null") ? "" : text;
    return run.path("cls").asText().startsWith("IF") ? text.toLowerCase(Locale.ROOT).strip() : text;
  }
}
