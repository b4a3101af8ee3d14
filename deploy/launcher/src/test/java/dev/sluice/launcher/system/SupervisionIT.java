package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.instance.RunningInstance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice up} with processes that are killed: what comes back, and what ends it. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SupervisionIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));
  private static final long POLL_MILLIS = 50;

  @TempDir private Path folder;
  private Process up;
  private Path said;

  @BeforeEach
  void start() throws Exception {
    said = folder.resolve("up.txt");
    up =
        script("up", "--any-ports").redirectErrorStream(true).redirectOutput(said.toFile()).start();
    while (!Files.readString(said).contains("Press Ctrl-C")) {
      assertThat(up.isAlive()).as(Files.readString(said)).isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }

  @AfterEach
  void stop() throws Exception {
    up.destroy();
    up.waitFor();
  }

  @Test
  void up_startsAnewWhatIsKilledAndTheBrokerTooUntilItIsHopeless() throws Exception {
    kill("denoiser-svc");
    awaitSaid("the denoiser was started anew");
    assertThat(generated()).contains("seed 7");
    assertThat(Files.readString(said))
        .contains("The denoiser ended with status 137. It was killed", "It starts anew in 1 s.");

    kill("EmbeddedBroker");
    awaitSaid("the broker was started anew");
    assertThat(generated()).contains("seed 7");

    for (int life = 0; life < 3; life++) {
      kill("upscaler-svc");
    }
    assertThat(up.waitFor()).isEqualTo(1);
    assertThat(Files.readString(said))
        .contains("the upscaler ended too often", "sluice: The upscaler ended with status 137.")
        .doesNotContain("\tat ");
    assertThat(RunningInstance.find(folder.resolve("state"))).isEmpty();
  }

  private ProcessBuilder script(String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(HOME.resolve("sluice").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("SLUICE_STATE", folder.resolve("state").toString());
    return builder;
  }

  private String generated() throws Exception {
    Path picture = folder.resolve("picture.png");
    Process generate =
        script("generate", "a large red circle", "--seed", "7", "--out", picture.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(generate.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(generate.waitFor()).as(output).isZero();
    assertThat(output).doesNotContain("to start");
    return output;
  }

  /** Kills the process of the instance whose command has this in it, once there is one. */
  private void kill(String sign) throws Exception {
    while (true) {
      for (ProcessHandle child : up.descendants().toList()) {
        // Java tells no command as long as the broker's.
        Path command = Path.of("/proc/" + child.pid() + "/cmdline");
        if (Files.readString(command).contains(sign) && child.destroyForcibly()) {
          child.onExit().join();
          return;
        }
      }
      assertThat(up.isAlive()).isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }

  private void awaitSaid(String sentence) throws Exception {
    while (!Files.readString(said).contains(sentence)) {
      assertThat(up.isAlive()).as(Files.readString(said)).isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }
}
