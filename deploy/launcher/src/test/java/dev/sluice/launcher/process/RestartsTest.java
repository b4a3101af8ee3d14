package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartsTest {

  private static final long SECOND = 1_000_000_000L;

  private final Restarts restarts = new Restarts();

  @Test
  void isDue_afterAPauseThatDoubles() {
    assertThat(restarts.ended(0)).contains(Duration.ofSeconds(1));
    assertThat(restarts.isWaiting()).isTrue();
    assertThat(restarts.isDue(SECOND - 1)).isFalse();
    assertThat(restarts.isDue(SECOND)).isTrue();

    restarts.started();
    assertThat(restarts.isWaiting()).isFalse();
    assertThat(restarts.isDue(SECOND)).isFalse();

    assertThat(restarts.ended(2 * SECOND)).contains(Duration.ofSeconds(2));
    assertThat(restarts.isDue(4 * SECOND - 1)).isFalse();
    assertThat(restarts.isDue(4 * SECOND)).isTrue();
  }

  @Test
  void ended_threeTimesWithinAMinuteLeavesNoHope() {
    assertThat(restarts.ended(0)).isPresent();
    assertThat(restarts.ended(59 * SECOND)).isPresent();

    assertThat(restarts.ended(60 * SECOND)).isEmpty();
  }

  @Test
  void ended_moreSlowlyIsBorneFiveTimesInTenMinutes() {
    for (int i = 0; i < 5; i++) {
      assertThat(restarts.ended(i * 31 * SECOND)).isPresent();
    }

    assertThat(restarts.ended(5 * 31 * SECOND)).isEmpty();
  }

  @Test
  void ended_longAgoIsForgotten() {
    for (int i = 0; i < 20; i++) {
      assertThat(restarts.ended(i * 601 * SECOND)).contains(Duration.ofSeconds(1));
    }
  }
}
