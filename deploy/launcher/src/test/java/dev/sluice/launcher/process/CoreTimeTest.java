package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreTimeTest {

  @Test
  void wanted_countsTheWaitingForACoreThatOthersHave() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/proc/self/schedstat")), "the system keeps no account");
    List<Process> crowd = new ArrayList<>();
    try {
      long start = System.nanoTime();
      for (int i = 0; i < 4; i++) {
        crowd.add(
            new ProcessBuilder("taskset", "-c", "0", "sh", "-c", "while :; do :; done").start());
      }
      Thread.sleep(2000);
      Duration wanted = Duration.ZERO;
      for (Process one : crowd) {
        wanted = wanted.plus(CoreTime.wanted(one.toHandle()));
      }
      long passed = System.nanoTime() - start;
      assertThat(wanted.toNanos()).as("one core gives as much as passes").isGreaterThan(2 * passed);
    } finally {
      crowd.forEach(Process::destroyForcibly);
    }
  }

  @Test
  void wanted_standsStillForWhoSleeps() throws IOException, InterruptedException {
    Process sleeper = new ProcessBuilder("sleep", "60").start();
    try {
      Duration before = Duration.ofSeconds(-1);
      Duration now = CoreTime.wanted(sleeper.toHandle());
      while (sleeper.isAlive() && !now.equals(before)) {
        Thread.sleep(300);
        before = now;
        now = CoreTime.wanted(sleeper.toHandle());
      }
      assertThat(now).isEqualTo(before);
    } finally {
      sleeper.destroyForcibly();
    }
  }
}
