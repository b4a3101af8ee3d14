package dev.sluice.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.console.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileWorkTest {

  private static final GenerationRequest DEFAULTS =
      GenerationRequest.newBuilder().setModel("m").setN(1).setSeed(3).build();

  @TempDir private Path folder;

  private List<AskedLine> lines(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("prompts.jsonl"), text);
    return AskedLine.read(file, DEFAULTS, folder.resolve("picture.png"));
  }

  @Test
  void read_takesPromptsAndRequestsWithWhatTheyDoNotSayFromTheOptions() throws Exception {
    List<AskedLine> lines =
        lines(
            """
            "a red circle"

            {"prompt": "a cat", "seed": 8, "n": 2, "denoiser": {"steps": 5}, "out": "cats.png"}
            """);

    assertThat(lines).extracting(AskedLine::number).containsExactly(1, 3);
    assertThat(lines.get(0).request())
        .isEqualTo(DEFAULTS.toBuilder().setPrompt("a red circle").build());
    assertThat(lines.get(0).files()).containsExactly(folder.resolve("picture-1.png"));
    GenerationRequest second = lines.get(1).request();
    assertThat(second.getSeed()).isEqualTo(8);
    assertThat(second.getModel()).isEqualTo("m");
    assertThat(second.getDenoiser().getSteps()).isEqualTo(5);
    assertThat(lines.get(1).files()).containsExactly(Path.of("cats-0.png"), Path.of("cats-1.png"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3|neither a prompt in quotes",
        "{\"promt\": \"a\"}|promt",
        "{\"prompt\"|not JSON",
        "{\"seed\": \"x\"}|x",
        "{\"out\": 3, \"n\": []}|line 2"
      })
  void read_saysWhichLineIsWrongAndWhy(String line, String reason) {
    assertThatThrownBy(() -> lines("\"a\"\n" + line))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("prompts.jsonl, line 2: ")
        .hasMessageContaining(reason);
  }

  @Test
  void read_refusesTwoLinesWithOneFile() {
    assertThatThrownBy(() -> lines("{\"out\": \"a.png\"}\n{\"out\": \"./a.png\"}"))
        .hasMessageContaining("line 2: an earlier line's picture goes to ./a.png too");
  }

  @Test
  void madeBefore_holdsWhatWasMadeOfTheSameRequestAndIsStillThere() throws Exception {
    Path out = folder.resolve("picture.png");
    AskedLine line = lines("\"a red circle\"").get(0);
    Files.writeString(line.files().get(0), "a picture");
    assertThat(new MadeBefore(out).holds(line)).isFalse();

    new MadeBefore(out).add(line);

    assertThat(new MadeBefore(out).holds(line)).isTrue();
    assertThat(new MadeBefore(out).holds(lines("\"a blue circle\"").get(0))).isFalse();
    Files.delete(line.files().get(0));
    assertThat(new MadeBefore(out).holds(line)).isFalse();
  }

  @Test
  void madeBefore_bearsALineThatWasCutOff() throws Exception {
    Path out = folder.resolve("picture.png");
    AskedLine line = lines("\"a red circle\"").get(0);
    Files.writeString(line.files().get(0), "a picture");
    new MadeBefore(out).add(line);
    Path memory = folder.resolve("picture.png.made.jsonl");
    Files.writeString(memory, Files.readString(memory) + "{\"out\": \"/tm");

    assertThat(new MadeBefore(out).holds(line)).isTrue();
  }
}
