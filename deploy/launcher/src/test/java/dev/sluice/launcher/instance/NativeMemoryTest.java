package dev.sluice.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are let go give their memory back to the machine, for others' weights. */
class NativeMemoryTest {

  private static final Pattern BYTES = Pattern.compile("resident (\\d+)");

  @TempDir Path folder;

  @Test
  void memoryOfANetworkThatIsClosed_goesBackToTheMachine() throws Exception {
    List<String> command = ChildJvm.ofService("256m", false);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            LoadAndLetGo.class.getName(),
            folder.toString()));
    Path log = folder.resolve("log");
    ChildProcess child = ChildProcess.start("network", command, NativeMemory.environment(), log);
    child.awaitStop(Duration.ofMinutes(2));

    List<Long> resident =
        BYTES.matcher(Files.readString(log)).results().map(NativeMemoryTest::bytes).toList();
    assertThat(resident).as("%s", Files.readString(log)).hasSize(3);
    long taken = resident.get(1) - resident.get(0);
    assertThat(taken).isGreaterThan(LoadAndLetGo.WEIGHT_BYTES);
    assertThat(resident.get(2)).isLessThan(resident.get(1) - LoadAndLetGo.WEIGHT_BYTES * 9 / 10);
  }

  private static long bytes(MatchResult found) {
    return Long.parseLong(found.group(1));
  }

  /** A container's script and {@code ./sluice up} say the same. */
  @Test
  void imagesHaveTheSameSettings() throws Exception {
    String script =
        Files.readString(Path.of(System.getProperty("sluice.home"), "deploy", "image", "run"));
    String values =
        String.join(
            ":",
            Pattern.compile("glibc\\.[a-z_.]+=\\d+")
                .matcher(script)
                .results()
                .map(MatchResult::group)
                .toList());

    assertThat(NativeMemory.environment())
        .containsEntry("GLIBC_TUNABLES", values)
        .containsEntry("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "true");
    assertThat(script).contains("${TF_ONEDNN_USE_SYSTEM_ALLOCATOR:-true}");
  }
}
