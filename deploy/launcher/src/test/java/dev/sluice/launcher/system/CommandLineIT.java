package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.instance.Processes;
import dev.sluice.launcher.instance.RunningInstance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code sluice} as a user runs it, on a tiny model. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CommandLineIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  @TempDir private Path folder;

  private Process sluice(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("sluice").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SLUICE_STATE", folder.resolve("state").toString());
    builder.redirectErrorStream(true);
    return builder.start();
  }

  private static String outputOf(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void generate_makesThePictureAndLeavesNothingRunning() throws Exception {
    Path model = TinyModel.install(folder.resolve("models"));
    Path picture = folder.resolve("made/picture.png");

    Process process =
        sluice(
            "generate",
            "a horse on mars",
            "--seed",
            "7",
            "--steps",
            "4",
            "--model",
            model.toString(),
            "--out",
            picture.toString());
    String output = outputOf(process);

    assertThat(process.waitFor()).as(output).isZero();
    System.out.println(output);
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(32);
    assertThat(output)
        .contains(picture.toString(), "seed 7", "generated in", "to start")
        .containsPattern("denoiser +\\[#{30}\\] +4/4");
    assertThat(folder.resolve("state/runs")).isEmptyDirectory();
  }

  @Test
  void generate_saysWhatIsWrongWithARequestAndExitsWithOne() throws Exception {
    Process process = sluice("generate", " ", "--model", folder.resolve("no-model").toString());

    String output = outputOf(process);

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(output).startsWith("sluice: There is no model in").doesNotContain("\tat ");
  }

  @Test
  void up_servesGenerateAndTakesItsChildrenWithItWhenItIsKilled() throws Exception {
    Path model = TinyModel.install(folder.resolve("models"));
    Process up = sluice("up", "--models", model.getParent().toString());
    List<ProcessHandle> children;
    try {
      RunningInstance instance = awaitInstance(up);
      children = up.descendants().toList();
      assertThat(children).hasSize(1 + Processes.APART.services().size());

      Path picture = folder.resolve("picture.png");
      Process generate =
          sluice(
              "generate",
              "a",
              "--model",
              model.toString(),
              "--steps",
              "2",
              "--out",
              picture.toString());
      String output = outputOf(generate);
      assertThat(generate.waitFor()).as(output).isZero();
      assertThat(output).contains("generated in").doesNotContain("to start");
      assertThat(picture).exists();
      assertThat(instance.pid()).isEqualTo(up.pid());

      Process replay = sluice("replay", picture.toString(), "--model", model.toString());
      String replayed = outputOf(replay);
      assertThat(replay.waitFor()).as(replayed).isZero();
      assertThat(replayed).contains("equal, pixel by pixel");

      makesWhatIsMissingOfAFile(model);
      Process status = sluice("status", "--json");
      String told = outputOf(status);
      assertThat(status.waitFor()).as(told).isZero();
      assertThat(told)
          .startsWith("{\"up\":true")
          .contains("\"denoiser\":{\"ready\":true,\"waiting\":0,\"in_work\":0}");
      Process doctor = sluice("doctor");
      String found = outputOf(doctor);
      assertThat(doctor.waitFor()).as(found).isZero();
      assertThat(found).contains("Broker: answers at " + instance.kafka()).doesNotContain("\tat ");
    } finally {
      up.destroyForcibly();
      up.waitFor();
    }
    for (ProcessHandle child : children) {
      assertThat(child.onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
    }
    assertThat(RunningInstance.find(folder.resolve("state"))).isEmpty();
  }

  private void makesWhatIsMissingOfAFile(Path model) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("prompts.jsonl"),
            "\"a horse\"\n{\"prompt\": \"a cat\", \"seed\": 3}\n{\"prompt\": \"a\", \"n\": 99}\n");
    String[] command = {
      "generate",
      "--file",
      file.toString(),
      "--model",
      model.toString(),
      "--steps",
      "2",
      "--json",
      "--out",
      folder.resolve("many.png").toString()
    };

    Process first = sluice(command);
    String output = outputOf(first);
    assertThat(first.waitFor()).as(output).isEqualTo(1);
    assertThat(output)
        .contains("sluice: line 3: ", "\"file\":\"" + folder.resolve("many-2.png"), "\"seed\":3");
    assertThat(folder.resolve("many-1.png")).exists();
    Files.delete(folder.resolve("many-2.png"));

    Files.writeString(file, Files.readString(file).replace(", \"n\": 99", ""));
    Process second = sluice(command);
    String again = outputOf(second);
    assertThat(second.waitFor()).as(again).isZero();
    assertThat(again)
        .contains("1 of 3 lines were made before", "many-2.png", "many-3.png")
        .doesNotContain("many-1.png");
  }

  @Test
  void up_leavesOutABrokenModelServesTheOthersByNameAndEndsQuietly() throws Exception {
    Path models = TinyModel.install(folder.resolve("models")).getParent();
    Path broken = TinyModel.install("pipe-sd", models);
    Files.writeString(
        broken.resolve("unet/diffusion_pytorch_model.safetensors"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3438354725\n");
    Process up = sluice("up", "--together", "--models", models.toString());
    try {
      awaitInstance(up);
      assertThat(up.descendants().filter(CommandLineIT::isJava))
          .hasSize(1 + Processes.TOGETHER.services().size());
      Path picture = folder.resolve("picture.png");

      Process generate =
          sluice(
              "generate",
              "a",
              "--model",
              TinyModel.NAME,
              "--steps",
              "2",
              "--out",
              picture.toString());

      String output = outputOf(generate);
      assertThat(generate.waitFor()).as(output).isZero();
      assertThat(output).contains("generated in").doesNotContain("to start");
    } finally {
      // By its handle: Process.destroy would close the stream that is to be read.
      up.toHandle().destroy();
      String said = outputOf(up);
      up.waitFor();
      assertThat(said)
          .contains("sluice: serving " + TinyModel.NAME + "\n", "sluice: left out pipe-sd: ")
          .doesNotContain("ended with status");
    }
    try (Stream<Path> logs = Files.list(folder.resolve("state/up/logs"))) {
      for (Path log : logs.toList()) {
        assertThat(Files.readString(log)).as(log.toString()).doesNotContain("\tat ");
      }
    }
  }

  @Test
  void generate_saysWhatIsWrongWithAModelBeforeAnythingStarts() throws Exception {
    Path model = TinyModel.install("pipe-sd", folder.resolve("models"));
    Files.delete(model.resolve("unet/config.json"));

    Process process = sluice("generate", "a", "--model", model.toString());
    String output = outputOf(process);

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(output)
        .startsWith("sluice: The model cannot be served: pipe-sd: ")
        .doesNotContain("started  ", "\tat ");
  }

  /** Not the ldconfig that JavaCPP runs for a moment where it loads a library. */
  private static boolean isJava(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith("/java")).isPresent();
  }

  private RunningInstance awaitInstance(Process up) throws Exception {
    Path state = folder.resolve("state");
    while (true) {
      if (!up.isAlive()) {
        throw new AssertionError(outputOf(up));
      }
      if (Files.isDirectory(state) && RunningInstance.find(state).isPresent()) {
        return RunningInstance.find(state).get();
      }
      Thread.sleep(100);
    }
  }
}
