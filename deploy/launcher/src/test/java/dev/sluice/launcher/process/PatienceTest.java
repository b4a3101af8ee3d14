package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final long SECOND = 1_000_000_000L;

  private final Patience patience = new Patience(Duration.ofSeconds(60), Duration.ofSeconds(3), 0);

  private boolean isOver(String health, long cpuMillis, long second) {
    return patience.isOver(
        new Patience.Signs(health, Duration.ofMillis(cpuMillis)), second * SECOND);
  }

  @Test
  void isOver_notWhileBytesAreLoadedHoweverLongThatTakes() {
    for (int second = 0; second < 3_600; second += 50) {
      assertThat(isOver("sd15: loading, %d of 1700 MB".formatted(second), 0, second)).isFalse();
    }
  }

  @Test
  void isOver_notWhileItComputes() {
    for (int second = 0; second < 3_600; second += 10) {
      assertThat(isOver("", second * 100L, second)).isFalse();
    }
  }

  @Test
  void isOver_whenItOnlyWaits() {
    boolean over = false;
    int second = 0;
    while (!over && second < 200) {
      over = isOver("sd15: loading, 3 of 1700 MB", second * 10L, ++second);
    }
    assertThat(second).isEqualTo(62);
  }
}
