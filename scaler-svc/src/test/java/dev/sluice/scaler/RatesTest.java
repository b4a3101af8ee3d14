package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.WorkRate;
import org.junit.jupiter.api.Test;

class RatesTest {

  private static final long BEGIN = 1_700_000_000_000L;

  private final Rates rates = new Rates(BEGIN);

  private static StageStatus status(String worker, long since, double done, double seconds) {
    return StageStatus.newBuilder()
        .setStage(Stage.DENOISER)
        .setWorker(worker)
        .setSince(Timestamps.fromMillis(since))
        .addWork(ModelWork.newBuilder().setModel("sd15").setWorkDone(done).setSeconds(seconds))
        .build();
  }

  private double rate() {
    return rates.of(Stage.DENOISER, "sd15");
  }

  @Test
  void rate_isUnknownUntilSomethingIsDone() {
    rates.learn(status("a", BEGIN, 0, 0), BEGIN);

    assertThat(rate()).isNaN();
    assertThat(rates.of(Stage.DENOISER)).isNaN();
    assertThat(rates.changes()).isEmpty();
  }

  @Test
  void rate_isThatOfAllReplicas() {
    rates.learn(status("a", BEGIN, 100, 10), BEGIN);
    rates.learn(status("b", BEGIN, 300, 10), BEGIN);

    assertThat(rate()).isEqualTo(20);
    assertThat(rates.of(Stage.PRIOR, "sd15")).isNaN();
  }

  @Test
  void rate_countsWhatIsDoneOnce() {
    rates.learn(status("a", BEGIN, 100, 10), BEGIN + 1);
    rates.learn(status("a", BEGIN, 100, 10), BEGIN + 2);
    rates.learn(status("a", BEGIN, 400, 20), BEGIN + 3);

    assertThat(rate()).isEqualTo(20);
  }

  @Test
  void rate_leavesOutWhatWasDoneBeforeThisProcess() {
    rates.restore(
        WorkRate.newBuilder()
            .setStage(Stage.DENOISER)
            .setModel("sd15")
            .setWork(500)
            .setSeconds(10)
            .build());

    rates.learn(status("old", BEGIN - 5000, 900, 10), BEGIN - 1);
    rates.learn(status("old", BEGIN - 5000, 950, 11), BEGIN - 1);
    assertThat(rate()).isEqualTo(50);

    rates.learn(status("old", BEGIN - 5000, 1450, 21), BEGIN + 1);
    assertThat(rate()).as("500 in 10 s more").isEqualTo(50);
    rates.learn(status("old", BEGIN - 5000, 1450, 21), BEGIN + 2);
    assertThat(rate()).isEqualTo(50);
  }

  @Test
  void rate_followsTheLatestTenMinutesOfWork() {
    rates.learn(status("a", BEGIN, 60_000, 600), BEGIN);
    for (int i = 1; i <= 40; i++) {
      rates.learn(status("a", BEGIN, 60_000 + i * 600.0, 600 + i * 60), BEGIN + i);
    }

    assertThat(rate()).isCloseTo(10, within(2.0));
  }

  @Test
  void changes_restoreTheRate() {
    rates.learn(status("a", BEGIN, 100, 8), BEGIN);
    Rates next = new Rates(BEGIN + 1);

    rates.changes().values().forEach(next::restore);

    assertThat(next.of(Stage.DENOISER, "sd15")).isEqualTo(12.5);
    assertThat(rates.changes()).isEmpty();
  }
}
