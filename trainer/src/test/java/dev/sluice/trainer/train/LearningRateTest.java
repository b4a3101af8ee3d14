package dev.sluice.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {

  @Test
  void cosine_risesToTheHighestAndFallsToTheLowest() {
    LearningRate rate = new LearningRate(1, 20, LearningRate.Course.COSINE, 0.05);

    assertThat(rate.at(0, 1000)).isEqualTo(1.0 / 20);
    assertThat(rate.at(20, 1000)).isEqualTo(1);
    assertThat(rate.at(510, 1000)).as("half way").isEqualTo(0.525, within(1e-9));
    assertThat(rate.at(1000, 1000)).isEqualTo(0.05, within(1e-9));
    for (int step = 21; step < 1000; step++) {
      assertThat(rate.at(step, 1000)).isLessThan(rate.at(step - 1, 1000));
    }
  }

  @Test
  void constant_staysAfterTheWarmUp() {
    LearningRate rate = new LearningRate(2, 4, LearningRate.Course.CONSTANT, 0);

    assertThat(rate.at(1, 100)).isEqualTo(1);
    assertThat(rate.at(99, 100)).isEqualTo(2);
  }

  @Test
  void averages_forgetTheirStartQuickly() {
    assertThat(Averages.decayAt(0, 0.999)).isEqualTo(0.1);
    assertThat(Averages.decayAt(8, 0.999)).isEqualTo(0.5);
    assertThat(Averages.decayAt(1_000_000, 0.999)).isEqualTo(0.999);
  }
}
