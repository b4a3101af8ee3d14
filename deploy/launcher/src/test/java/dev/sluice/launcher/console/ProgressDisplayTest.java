package dev.sluice.launcher.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.client.Loading;
import dev.sluice.client.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

  @Test
  void progress_printsPlainLinesAtQuartersWhereThereIsNoTerminal() {
    ProgressDisplay display = new ProgressDisplay(out, false, 1);

    for (int step = 1; step <= 8; step++) {
      display.progress(new Progress(0, "prior", step, 8), step * 100_000_000L);
    }

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .hasSize(5)
        .allMatch(line -> line.startsWith("prior"))
        .last()
        .asString()
        .contains("8/8", "0.7 s")
        .doesNotContain("\u001b", ".]");
  }

  @Test
  void progress_redrawsItsLinesInPlaceOnATerminal() {
    ProgressDisplay display = new ProgressDisplay(out, true, 1);

    display.progress(new Progress(0, "prior", 2, 2), 0);
    display.progress(new Progress(0, "denoiser", 1, 4), 0);
    display.progress(new Progress(0, "denoiser", 2, 4), 0);

    assertThat(written.toString(StandardCharsets.UTF_8)).contains("\u001b[1A", "\u001b[2A");
  }

  @Test
  void progress_addsUpTheImagesOfARequest() {
    ProgressDisplay display = new ProgressDisplay(out, false, 2);

    display.progress(new Progress(0, "denoiser", 4, 4), 0);
    display.progress(new Progress(1, "denoiser", 4, 4), 0);

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            first -> assertThat(first).contains("4/8"), last -> assertThat(last).contains("8/8"));
  }

  @Test
  void progress_ignoresStepsReportedAgainAfterARedelivery() {
    ProgressDisplay display = new ProgressDisplay(out, true, 1);
    display.progress(new Progress(0, "denoiser", 3, 4), 0);
    int before = written.size();

    display.progress(new Progress(0, "denoiser", 1, 4), 0);

    assertThat(written.size()).isEqualTo(before);
  }

  private static Loading loading(String model, long bytes) {
    return new Loading(0, "denoiser", model, bytes, 1_700_000_000L);
  }

  @Test
  void loading_isShownUntilTheFirstStep() {
    ProgressDisplay display = new ProgressDisplay(out, false, 1);

    display.loading(loading("sd15", 1_200_000_000L), 0);
    display.progress(new Progress(0, "denoiser", 1, 2), 5_000_000_000L);
    display.loading(loading("sd15", 1_300_000_000L), 6_000_000_000L);
    display.progress(new Progress(0, "denoiser", 2, 2), 7_000_000_000L);

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            loading ->
                assertThat(loading)
                    .startsWith("denoiser ")
                    .contains("[########....] loading sd15, 1.2 of 1.7 GB"),
            half -> assertThat(half).contains("1/2"),
            end -> assertThat(end).contains("2/2", "2.0 s"));
  }

  @Test
  void loading_takesALineThatATerminalDoesNotBreak() {
    ProgressDisplay display = new ProgressDisplay(out, true, 1);

    display.loading(loading("m".repeat(100), 0), 0);

    assertThat(written.toString(StandardCharsets.UTF_8).replace("\u001b[2K", "").strip())
        .hasSize(79);
  }

  @Test
  void seconds_keepsOneDigitBelowTen() {
    assertThat(ProgressDisplay.seconds(Duration.ofMillis(1_260))).isEqualTo("1.3 s");
    assertThat(ProgressDisplay.seconds(Duration.ofMillis(73_400))).isEqualTo("73 s");
  }
}
