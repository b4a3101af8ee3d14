package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaceTest {

  private long now = Long.MAX_VALUE - 1;

  private int allowed(Pace pace, int steps, long nanosPerStep) {
    int allowed = 0;
    for (int step = 0; step < steps; step++) {
      now += nanosPerStep;
      allowed += pace.allows() ? 1 : 0;
    }
    return allowed;
  }

  @Test
  void allows_everyStepOfASlowPictureAndTheFirstOfAFastOne() {
    Pace pace = new Pace(() -> now);

    assertThat(allowed(pace, 20, TimeUnit.MILLISECONDS.toNanos(250))).isEqualTo(20);
    assertThat(allowed(new Pace(() -> now), 5, 0)).isEqualTo(5);
  }

  @Property
  void allows_fiveASecondAfterTheFirstFive(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 500) Integer> millis) {
    Pace pace = new Pace(() -> now);
    long begin = now;
    int allowed = 0;
    for (int pause : millis) {
      allowed += allowed(pace, 1, TimeUnit.MILLISECONDS.toNanos(pause));
    }

    long elapsed = TimeUnit.NANOSECONDS.toMillis(now - begin);
    assertThat(allowed).isLessThanOrEqualTo((int) (5 + elapsed / 200));
  }
}
