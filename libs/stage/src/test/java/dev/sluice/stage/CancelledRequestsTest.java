package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CancelledRequestsTest {

  private final CancelledRequests cancelled = new CancelledRequests();

  @Test
  void contains_whatWasAddedAndNothingElse() {
    cancelled.add("cat");

    assertThat(cancelled.contains("cat")).isTrue();
    assertThat(cancelled.contains("dog")).isFalse();
  }

  @Test
  void add_forgetsTheOldestOfVeryMany() {
    for (int i = 0; i <= 10_000; i++) {
      cancelled.add("request " + i);
    }

    assertThat(cancelled.contains("request 0")).isFalse();
    assertThat(cancelled.contains("request 1")).isTrue();
    assertThat(cancelled.contains("request 10000")).isTrue();
  }
}
