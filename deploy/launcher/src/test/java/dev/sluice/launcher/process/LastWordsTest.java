package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastWordsTest {

  @Test
  void of_isTheReasonThatTheProcessGave() {
    assertThat(
            LastWords.of(
                List.of(
                    "2026-11-28 15:45:57,001 ERROR [dev.sluice.stage.StageService] (stage-loader) The stage could not be started",
                    "java.lang.IllegalStateException: something",
                    "\tat dev.sluice.stage.StageService.open(StageService.java:100)",
                    "2026-11-28 15:45:57,002 ERROR [dev.sluice.stage.StageService] (stage-loader) FATAL: sd15 lacks unet/config.json",
                    "2026-11-28 15:45:57,100 INFO  [io.quarkus] (main) stopped in 0.1 s"),
                1))
        .isEqualTo("sd15 lacks unet/config.json");
  }

  @Test
  void of_addsWhatToDo() {
    assertThat(LastWords.of(List.of("FATAL: java.io.IOException: No space left on device"), 1))
        .startsWith("java.io.IOException: No space left on device The disk is full.")
        .contains("SLUICE_STATE");
  }

  @Test
  void of_isTheInnermostCauseWhereNothingElseIsSaid() {
    assertThat(
            LastWords.of(
                List.of(
                    "java.lang.RuntimeException: Failed to start quarkus",
                    "\tat io.quarkus.runner.ApplicationImpl.doStart(Unknown Source)",
                    "Caused by: java.lang.IllegalStateException: outer",
                    "\tat a.B.c(B.java:1)",
                    "Caused by: io.smallrye.config.ConfigValidationException: SRCFG00014: sluice.slots is no number",
                    "\t... 12 more"),
                1))
        .isEqualTo("SRCFG00014: sluice.slots is no number");
  }

  @Test
  void of_isTheLastLineOfAProcessThatSpeaksDifferently() {
    assertThat(LastWords.of(List.of("weights missing", "", "\tat a.B.c(B.java:1)"), 3))
        .isEqualTo("weights missing");
    assertThat(LastWords.of(List.of(), 3)).isEqualTo("It said nothing.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Port already bound: 9000: Address already in use | Another process listens on a port",
        "java.lang.UnsatisfiedLinkError: /tmp/x.so: /tmp/x.so: failed to map segment from shared object: Operation not permitted | noexec",
        "java.lang.UnsatisfiedLinkError: no jnitensorflow in java.library.path | cannot be loaded",
        "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space | heap is full",
        "# There is insufficient memory for the Java Runtime Environment to continue. | no memory left",
        "java.lang.UnsupportedClassVersionError: dev/sluice/X has been compiled by a more recent version of the Java Runtime | Sluice needs 17",
        "Caused by: org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: createTopics | broker cannot be reached"
      })
  void of_knowsWhatBefallsProgramsAnywhere(String line, String sentence) {
    assertThat(LastWords.of(List.of("something before", line), 1)).contains(sentence);
  }

  @Test
  void of_saysWhatBeingKilledMostlyMeans() {
    assertThat(LastWords.of(List.of("all well"), 137)).contains("signal 9", "memory");
  }
}
