package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.launcher.console.LaunchException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

  @TempDir private Path logs;

  @Test
  void requireAlive_namesTheProcessItsStatusAndTheReason() throws Exception {
    Path log = logs.resolve("denoiser.log");
    ChildProcess child =
        ChildProcess.start(
            "denoiser",
            List.of("sh", "-c", "echo starting; echo FATAL: no weights in $WHERE >&2; exit 3"),
            Map.of("WHERE", "unet"),
            log);
    child.awaitStop(Duration.ofSeconds(10));

    assertThatThrownBy(child::requireAlive)
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("denoiser ended with status 3. no weights in unet")
        .hasMessageContaining(log.toString());
  }

  @Test
  void asksForAnother_byItsStatus() {
    for (int status : new int[] {0, 1, ChildProcess.START_ANEW}) {
      ChildProcess child =
          ChildProcess.start(
              "denoiser",
              List.of("sh", "-c", "exit " + status),
              Map.of(),
              logs.resolve("denoiser.log"));
      child.awaitStop(Duration.ofSeconds(10));

      assertThat(child.asksForAnother()).isEqualTo(status == 75);
    }
  }

  @Test
  void start_keepsTheLogOfTheLifeBefore() throws Exception {
    Path log = logs.resolve("denoiser.log");
    for (String word : List.of("first", "second")) {
      ChildProcess.start("denoiser", List.of("echo", word), Map.of(), log)
          .awaitStop(Duration.ofSeconds(10));
    }

    assertThat(log).hasContent("second");
    assertThat(logs.resolve("denoiser.log.previous")).hasContent("first");
  }

  @Test
  void requestStop_endsAChildThatReadsItsStandardInput() {
    ChildProcess child =
        ChildProcess.start("reader", List.of("cat"), Map.of(), logs.resolve("reader.log"));
    child.requireAlive();

    child.requestStop();
    child.awaitStop(Duration.ofSeconds(10));

    assertThatThrownBy(child::requireAlive).hasMessageContaining("status 0");
  }

  @Test
  void awaitStop_killsAChildThatDoesNotLeave() {
    ChildProcess child =
        ChildProcess.start("sleeper", List.of("sleep", "60"), Map.of(), logs.resolve("s.log"));

    child.awaitStop(Duration.ofMillis(50));

    assertThatThrownBy(child::requireAlive).hasMessageContaining("status 137");
  }

  @Test
  void start_saysWhichProcessCouldNotBeStarted() {
    assertThatThrownBy(
            () ->
                ChildProcess.start(
                    "broker", List.of("/nonexistent/java"), Map.of(), logs.resolve("b.log")))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("broker could not be started");
    assertThat(logs).isDirectory();
  }
}
