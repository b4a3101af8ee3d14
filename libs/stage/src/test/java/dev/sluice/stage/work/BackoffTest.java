package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stage.kafka.GroupSetup;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void after_doublesUpToTheLongest() {
    assertThat(Backoff.DEFAULT.after(1)).isEqualTo(Duration.ofMillis(300));
    assertThat(Backoff.DEFAULT.after(3)).isEqualTo(Duration.ofMillis(1200));
    assertThat(Backoff.DEFAULT.after(200)).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void after_outlastsABlobStoreThatIsAwayForHalfAMinute() {
    long seconds =
        IntStream.range(1, GroupSetup.MAX_ATTEMPTS)
            .mapToObj(Backoff.DEFAULT::after)
            .mapToLong(Duration::toMillis)
            .sum();

    assertThat(seconds).isGreaterThan(30_000);
  }

  @Test
  void sleep_endsWhenThereIsReason() {
    long begin = System.nanoTime();

    Backoff.sleep(Duration.ofHours(1), () -> System.nanoTime() - begin > 1_000_000);

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
  }
}
