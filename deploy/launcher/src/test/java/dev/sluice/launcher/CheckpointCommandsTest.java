package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.command.ModelsCommand;
import dev.sluice.launcher.system.TinyModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code sluice models} and {@code sluice parity}: what they print, and their exit status. */
class CheckpointCommandsTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int sluice(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    CommandLine commandLine = Sluice.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(words);
  }

  @Test
  void models_listsEachWithItsStages_andWhatIsWrong() throws IOException {
    TinyModel.install(folder);
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("model_index.json"), "{\"_class_name\": \"NovelPipeline\"}");

    assertThat(sluice("models", "--models", folder)).isZero();

    assertThat(out.toString().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .containsPattern(
                        "pipe-unclip +UnCLIPPipeline +181.8 k +F16 +text-encoder, prior,"
                            + " denoiser, upscaler"))
        .anySatisfy(line -> assertThat(line).startsWith("broken").contains("NovelPipeline"))
        .anySatisfy(line -> assertThat(line).contains("    - ", "model_index.json", "known:"));
  }

  @Test
  void models_saysThatThereIsNoSuchFolder() {
    assertThat(sluice("models", "--models", folder.resolve("none"))).isEqualTo(1);

    assertThat(err.toString()).startsWith("sluice: There is no folder").doesNotContain("\tat ");
  }

  @Test
  void models_saysThatThereAreNone() {
    assertThat(sluice("models", "--models", folder)).isZero();

    assertThat(out.toString()).contains("holds no models");
  }

  @Test
  void parity_exitsWithZeroWhenAllIsWell_andWithOneOtherwise() {
    Path sampler = GOLDENS.resolve("schedulers/ddim-sd");

    assertThat(sluice("parity", sampler)).isZero();
    assertThat(out.toString()).contains("out.prev_sample", "pass", "1 pack: 1 passed, 0 failed");

    assertThat(sluice("parity", sampler, folder)).isEqualTo(1);
    assertThat(out.toString()).contains("holds no pack");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void parity_isCalledWronglyWithoutAFolder() {
    assertThat(sluice("parity")).isEqualTo(2);

    assertThat(err.toString()).contains("PACK_DIR");
  }

  @Test
  void parameters_haveAUnit() {
    assertThat(ModelsCommand.parameters(0)).isEqualTo("-");
    assertThat(ModelsCommand.parameters(999)).isEqualTo("999");
    assertThat(ModelsCommand.parameters(45_300)).isEqualTo("45.3 k");
    assertThat(ModelsCommand.parameters(859_520_964)).isEqualTo("859.5 M");
    assertThat(ModelsCommand.parameters(2_567_463_684L)).isEqualTo("2.6 G");
  }
}
