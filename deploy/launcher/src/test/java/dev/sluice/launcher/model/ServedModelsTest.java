package dev.sluice.launcher.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.system.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedModelsTest {

  @TempDir private Path folder;

  private Path verdicts() {
    return folder.resolve("state/verdicts");
  }

  private Path models() {
    return folder.resolve("models");
  }

  @Test
  void whatIsWrongIsTold_andAgainFromTheFile() throws IOException {
    TinyModel.install("pipe-ddpm", models());
    Path bad = TinyModel.install("pipe-sd", models());
    Files.delete(bad.resolve("unet/config.json"));

    ServedModels first = ServedModels.of(models(), verdicts());

    assertThat(first.served()).containsExactly("pipe-ddpm");
    assertThat(first.leftOut().keySet()).containsExactly("pipe-sd");
    assertThat(first.leftOut().get("pipe-sd")).anyMatch(problem -> problem.contains("config.json"));
    assertThat(verdicts()).content().contains("pipe-ddpm");
    assertThat(ServedModels.of(models(), verdicts())).isEqualTo(first);

    TinyModel.install("pipe-sd", models().resolveSibling("others"));
    Files.copy(
        models().resolveSibling("others").resolve("pipe-sd/unet/config.json"),
        bad.resolve("unet/config.json"));
    assertThat(ServedModels.of(models(), verdicts()).served())
        .as("mended, and looked at again")
        .containsExactly("pipe-ddpm", "pipe-sd");
  }

  @Test
  void oneIsLookedAtOnce_untilItsStampIsAnother() {
    AtomicInteger looks = new AtomicInteger();
    Supplier<List<String>> look = () -> List.of("problem " + looks.incrementAndGet());
    Path model = folder.resolve("model");

    KnownVerdicts first = KnownVerdicts.read(verdicts());
    assertThat(first.problems(model, "a", look)).containsExactly("problem 1");
    first.save();
    KnownVerdicts second = KnownVerdicts.read(verdicts());
    assertThat(second.problems(model, "a", look)).containsExactly("problem 1");
    assertThat(second.problems(model, "b", look)).containsExactly("problem 2");
    assertThat(second.problems(folder.resolve("another"), "b", look)).containsExactly("problem 3");
  }

  @Test
  void aFileThatIsNotUnderstood_isPassedOver() throws IOException {
    Files.createDirectories(verdicts().getParent());
    for (String damaged : List.of("", "{", "[]", "null", "{\"x\": null}", "{\"x\": {}}", "\0\1")) {
      Files.writeString(verdicts(), damaged);

      KnownVerdicts known = KnownVerdicts.read(verdicts());

      assertThat(known.problems(folder, "a", () -> List.of("found"))).containsExactly("found");
    }
  }
}
