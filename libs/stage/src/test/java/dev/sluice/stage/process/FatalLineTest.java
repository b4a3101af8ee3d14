package dev.sluice.stage.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FatalLineTest {

  @Test
  void of_isOneLineWithTheReasonsOfTheReasons() {
    Throwable failure =
        new IllegalStateException(
            "the share group cannot be set up", new RuntimeException("no broker\n  at all"));

    assertThat(FatalLine.of(failure))
        .isEqualTo("FATAL: the share group cannot be set up: no broker at all");
  }

  @Test
  void of_saysAReasonOnce() {
    RuntimeException cause = new RuntimeException("no broker");

    assertThat(FatalLine.of(new IllegalStateException(cause)))
        .isEqualTo("FATAL: java.lang.RuntimeException: no broker");
  }

  @Test
  void of_namesTheKindOfAnError() {
    assertThat(FatalLine.of(new UnsatisfiedLinkError("no jnitensorflow")))
        .isEqualTo("FATAL: java.lang.UnsatisfiedLinkError: no jnitensorflow");
    assertThat(FatalLine.of(new StackOverflowError()))
        .isEqualTo("FATAL: java.lang.StackOverflowError");
  }
}
