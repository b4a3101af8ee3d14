package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TriggerTest {

  private static final Pools POOLS = Pools.of(List.of("denoiser/large=sd3", "denoiser/small=*"));

  private static Figures figures(long tasks, double seconds) {
    return new Figures(tasks, 0, 1, 0, seconds, Duration.ZERO, 1);
  }

  @Test
  void of_readsWhatItIsTold() {
    assertThat(Trigger.of(Map.of("stage", "text-encoder", "scalerAddress", "scaler:9005"), POOLS))
        .isEqualTo(new Trigger(Pool.whole(Stage.TEXT_ENCODER), 30, 0));
    assertThat(
            Trigger.of(
                Map.of("stage", "prior", "secondsPerReplica", "7.5", "activationSeconds", "2"),
                POOLS))
        .isEqualTo(new Trigger(Pool.whole(Stage.PRIOR), 7.5, 2));
  }

  @Test
  void of_knowsPools() {
    Trigger trigger = Trigger.of(Map.of("stage", "denoiser", "pool", "large"), POOLS);

    assertThat(trigger.pool()).isEqualTo(POOLS.named(Stage.DENOISER, "large"));
    assertThat(trigger.metricName()).isEqualTo("sluice-denoiser-large-seconds");
  }

  @Test
  void of_saysWhatWouldBeRight() {
    refuses(Map.of(), "no stage", "text-encoder, prior, denoiser, upscaler");
    refuses(Map.of("stage", "decoder"), "stage decoder", "denoiser");
    refuses(Map.of("stage", "denoiser"), "no pool", "large, small");
    refuses(Map.of("stage", "denoiser", "pool", "huge"), "huge", "large, small");
    refuses(Map.of("stage", "prior", "pool", "large"), "large", "one pool for all");
    refuses(Map.of("stage", "prior", "secondPerReplica", "3"), "secondPerReplica", "may have");
    refuses(Map.of("stage", "prior", "secondsPerReplica", "0"), "secondsPerReplica", "above 0");
    refuses(Map.of("stage", "prior", "secondsPerReplica", "many"), "many", "such as 30");
    refuses(Map.of("stage", "prior", "activationSeconds", "-1"), "activationSeconds", "0 for any");
    refuses(Map.of("stage", "prior", "activationSeconds", "NaN"), "NaN", "such as 30");
  }

  private static void refuses(Map<String, String> metadata, String wrong, String right) {
    assertThatThrownBy(() -> Trigger.of(metadata, POOLS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(wrong, right);
  }

  @Test
  void isActive_fromTheFirstTaskOnUnlessToldOtherwise() {
    Trigger any = Trigger.of(Map.of("stage", "prior"), POOLS);
    Trigger some = Trigger.of(Map.of("stage", "prior", "activationSeconds", "5"), POOLS);

    assertThat(any.isActive(figures(0, 0))).isFalse();
    assertThat(any.isActive(figures(1, 0))).isTrue();
    assertThat(some.isActive(figures(1, 5))).isFalse();
    assertThat(some.isActive(figures(2, 5.1))).isTrue();
  }

  @Test
  void metric_asksForNoMoreReplicasThanThereAreTasks() {
    Trigger trigger = Trigger.of(Map.of("stage", "prior", "secondsPerReplica", "20"), POOLS);

    assertThat(trigger.metric(figures(3, 50))).isEqualTo(50);
    assertThat(trigger.metric(figures(1, 300))).as("a task is one replica's").isEqualTo(20);
    assertThat(trigger.metric(figures(0, 0))).isZero();
  }
}
