package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestartsTest {

  private static final long SECOND = 1_000_000_000L;

  private final Restarts restarts = new Restarts();

  @Test
  void notice_isNewsOncePerEnd() {
    assertThat(restarts.notice(0)).isTrue();
    assertThat(restarts.notice(1)).isFalse();

    restarts.started(SECOND);

    assertThat(restarts.notice(2 * SECOND)).isTrue();
  }

  @Test
  void isDue_afterAPauseThatDoubles() {
    restarts.notice(0);
    assertThat(restarts.isDue(SECOND - 1)).isFalse();
    assertThat(restarts.isDue(SECOND)).isTrue();

    restarts.started(SECOND);
    restarts.notice(SECOND);
    assertThat(restarts.isDue(3 * SECOND - 1)).isFalse();
    assertThat(restarts.isDue(3 * SECOND)).isTrue();
  }

  @Test
  void permits_fiveInTenMinutes() {
    for (int i = 0; i < 5; i++) {
      assertThat(restarts.permits(i * SECOND)).isTrue();
      restarts.started(i * SECOND);
    }

    assertThat(restarts.permits(5 * SECOND)).isFalse();
    assertThat(restarts.permits(602 * SECOND)).isTrue();
  }
}
