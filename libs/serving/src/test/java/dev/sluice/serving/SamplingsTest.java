package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SamplingsTest {

  private static SamplingSettings.Builder parameters() {
    return SamplingSettings.newBuilder().setSteps(9).setGuidanceScale(3);
  }

  private static Sampling read(SamplingSettings.Builder parameters) {
    return Samplings.of(parameters.build(), "sampling");
  }

  @Test
  void of_leavesToTheModelWhatIsNotGiven() {
    assertThat(read(parameters())).isEqualTo(Sampling.of(9, 3));
  }

  @Test
  void of_readsEverythingThatIsGiven() {
    Sampling sampling =
        read(
            parameters()
                .setSampler("DDIMScheduler")
                .setEta(0.5)
                .setTimestepSpacing("trailing")
                .setGuidanceRescale(0.7)
                .setGuidanceStart(0.2)
                .setGuidanceEnd(0.8)
                .setClassifierScale(5)
                .setClipScale(60)
                .setDynamicThreshold(0.995)
                .setDynamicThresholdMax(1.5));

    assertThat(sampling)
        .isEqualTo(
            Sampling.of(9, 3)
                .by("DDIMScheduler")
                .withEta(0.5)
                .guided(new GuidanceOptions(0.7, 0.2, 0.8, 5, 60))
                .spaced(Optional.of(TimestepSpacing.TRAILING))
                .thresholded(Optional.of(new Thresholding.Dynamic(0.995, 1.5))));
  }

  @Test
  void of_readsAStaticThresholdAndNoneAtAll() {
    assertThat(read(parameters().setStaticThreshold(2)).thresholding())
        .contains(new Thresholding.Fixed(2));
    assertThat(read(parameters().setStaticThreshold(0)).thresholding())
        .contains(new Thresholding.None());
    assertThat(read(parameters().setDynamicThreshold(0.9)).thresholding())
        .contains(new Thresholding.Dynamic(0.9, Double.POSITIVE_INFINITY));
  }

  @Test
  void of_refusesWhatIsOutOfRangeByTheNameOfItsField() {
    for (SamplingSettings.Builder bad :
        List.of(
            parameters().setTimestepSpacing("wide"),
            parameters().setGuidanceRescale(2),
            parameters().setGuidanceStart(0.8).setGuidanceEnd(0.2),
            parameters().setClassifierScale(-1),
            parameters().setClipScale(Double.NaN),
            parameters().setStaticThreshold(Double.NaN),
            parameters().setDynamicThreshold(0),
            parameters().setDynamicThreshold(0.9).setDynamicThresholdMax(0.5))) {
      assertThatThrownBy(() -> read(bad))
          .as(bad.toString())
          .isInstanceOfSatisfying(
              InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("sampling"));
    }
  }
}
