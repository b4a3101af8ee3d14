package dev.sluice.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By the ScaledObject of the denoiser that ships: polled every 10 s, asleep after 300 s. */
class AutoscalerTest {

  private static final Path KEDA =
      Path.of(System.getProperty("sluice.home"), "deploy/kubernetes/components/keda");

  private final Backlog backlog = new Backlog();
  private ScaledObject.Spec spec;

  /** So many seconds of work. */
  private static final class Backlog implements Scaler {
    private double seconds;
    private boolean away;
    private int asked;

    @Override
    public boolean isActive() {
      answer();
      return seconds > 0;
    }

    @Override
    public double metric() {
      answer();
      return seconds;
    }

    @Override
    public double target() {
      return 60;
    }

    private void answer() {
      asked++;
      if (away) {
        throw new IllegalStateException("away");
      }
    }
  }

  @BeforeEach
  void read() throws IOException {
    Map<String, ScaledObject> shipped =
        ScaledObjects.patched(KEDA.resolve("scale.yaml"), KEDA.resolve("behavior.yaml"));
    spec = shipped.get("denoiser").spec();
  }

  /** Lets it look every second, and tells the numbers of replicas by the second of the change. */
  private Map<Integer, Integer> course(
      Autoscaler autoscaler, int first, int begin, int end, double perReplica) {
    Map<Integer, Integer> changes = new TreeMap<>();
    int current = first;
    for (int second = begin; second < end; second++) {
      int next = autoscaler.replicas(Duration.ofSeconds(second), current);
      if (next != current) {
        changes.put(second, next);
      }
      current = next;
      backlog.seconds = Math.max(0, backlog.seconds - perReplica * current);
    }
    return changes;
  }

  @Test
  void aBurstWakesIt_isWorkedOff_andItSleeps() {
    Autoscaler autoscaler = new Autoscaler(spec, backlog);
    assertThat(course(autoscaler, 0, 0, 95, 1)).isEmpty();

    backlog.seconds = 2000;
    Map<Integer, Integer> changes = course(autoscaler, 0, 95, 1200, 1);

    assertThat(changes).as("at the next look").containsEntry(100, 1);
    assertThat(changes.values()).contains(8).doesNotContain(9).endsWith(0);
    int slept = changes.keySet().stream().reduce((first, last) -> last).orElseThrow();
    assertThat(slept).as("300 s after it was last seen active").isBetween(600, 800);
    assertThat(backlog.seconds).isZero();
  }

  @Test
  void asksNoOftenerThanItsPeriods() {
    Autoscaler autoscaler = new Autoscaler(spec, backlog);
    backlog.seconds = 30;

    course(autoscaler, 1, 0, 60, 0);

    assertThat(backlog.asked).as("six times whether, four times how much").isEqualTo(10);
  }

  @Test
  void whileTheScalerIsAway_nobodyIsSentHomeAndSleepersAreWoken() {
    backlog.away = true;

    assertThat(course(new Autoscaler(spec, backlog), 5, 0, 600, 1)).isEmpty();
    assertThat(course(new Autoscaler(spec, backlog), 0, 0, 600, 1))
        .as("at the third failure")
        .containsExactly(Map.entry(20, 1));
  }

  @Test
  void theLeastThatThereMayBe_isThereWithoutWork() {
    assertThat(course(new Autoscaler(spec.between(2, 4), backlog), 0, 0, 600, 1))
        .containsExactly(Map.entry(0, 2));
  }
}
