package dev.sluice.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.autoscaling.ScaledObject.Behavior;
import dev.sluice.autoscaling.ScaledObject.Policy;
import dev.sluice.autoscaling.ScaledObject.PolicyType;
import dev.sluice.autoscaling.ScaledObject.Rules;
import dev.sluice.autoscaling.ScaledObject.SelectPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HorizontalAutoscalerTest {

  private static final double TARGET = 60;

  /** Doubling or two within 30 s; one less within 90 s, after three minutes. */
  private static final Behavior SHIPPED =
      new Behavior(
          new Rules(
              0,
              SelectPolicy.Max,
              List.of(new Policy(PolicyType.Percent, 100, 30), new Policy(PolicyType.Pods, 2, 30))),
          new Rules(180, SelectPolicy.Max, List.of(new Policy(PolicyType.Pods, 1, 90))));

  private static Rules atOnce() {
    return new Rules(0, SelectPolicy.Max, List.of(new Policy(PolicyType.Pods, 100, 15)));
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  /** Numbers of replicas at every look, beginning with {@code first}. */
  private static List<Integer> course(
      HorizontalAutoscaler autoscaler, int first, double... metrics) {
    List<Integer> course = new ArrayList<>();
    int current = first;
    for (int look = 0; look < metrics.length; look++) {
      current =
          autoscaler.replicas(
              HorizontalAutoscaler.PERIOD.multipliedBy(look), current, metrics[look], TARGET);
      course.add(current);
    }
    return course;
  }

  @Test
  void asManyAsBringTheAverageToTheTarget() {
    HorizontalAutoscaler autoscaler =
        new HorizontalAutoscaler(new Behavior(atOnce(), atOnce()), 0, 10);

    assertThat(course(autoscaler, 1, 60, 120, 121, 301, 5000, 60, 0))
        .containsExactly(1, 2, 2, 6, 10, 1, 1);
  }

  @Test
  void withinATenthOfTheTarget_nothingChanges() {
    HorizontalAutoscaler autoscaler =
        new HorizontalAutoscaler(new Behavior(atOnce(), atOnce()), 0, 10);

    assertThat(autoscaler.replicas(seconds(0), 4, 4 * 65.9, TARGET)).isEqualTo(4);
    assertThat(autoscaler.replicas(seconds(15), 4, 4 * 66.1, TARGET)).isEqualTo(5);
    assertThat(autoscaler.replicas(seconds(30), 4, 4 * 54.1, TARGET)).isEqualTo(4);
  }

  @Test
  void growsByTheMoreGenerousPolicy_andWaitsForThePeriodToEnd() {
    HorizontalAutoscaler autoscaler = new HorizontalAutoscaler(SHIPPED, 0, 50);

    // Two at first, as doubling one is less; the next 30 s after those.
    assertThat(course(autoscaler, 1, 3000, 3000, 3000, 3000, 3000, 3000))
        .containsExactly(3, 3, 6, 6, 12, 12);
  }

  @Test
  void shrinksByOneToTheLargestNumberWantedLately() {
    HorizontalAutoscaler autoscaler = new HorizontalAutoscaler(SHIPPED, 0, 50);
    double[] metrics = new double[33];
    metrics[0] = 240;

    List<Integer> course = course(autoscaler, 4, metrics);

    assertThat(course.subList(0, 12)).as("for three minutes").containsOnly(4);
    assertThat(course.subList(12, 18)).containsOnly(3);
    assertThat(course.subList(18, 24)).containsOnly(2);
    assertThat(course.subList(24, 33)).as("it does not send all to sleep").containsOnly(1);
  }

  @Test
  void disabled_meansThatNothingChanges() {
    Rules none = new Rules(0, SelectPolicy.Disabled, List.of());
    HorizontalAutoscaler autoscaler = new HorizontalAutoscaler(new Behavior(atOnce(), none), 0, 10);

    assertThat(course(autoscaler, 2, 600, 0, 0)).containsExactly(10, 10, 10);
  }

  @Property(tries = 200)
  void neverBeyondItsLimits_norFasterThanItsPolicies(
      @ForAll @Size(min = 1, max = 80) List<@DoubleRange(min = 0, max = 4000) Double> metrics) {
    int least = 2;
    int most = 20;
    List<Integer> course = new ArrayList<>(List.of(least));
    course.addAll(
        course(
            new HorizontalAutoscaler(SHIPPED, least, most),
            least,
            metrics.stream().mapToDouble(Double::doubleValue).toArray()));

    assertThat(course).allMatch(replicas -> replicas >= least && replicas <= most);
    for (int look = 1; look < course.size(); look++) {
      int now = course.get(look);
      // 90 s are six looks, 30 s are two.
      int inLast90 = course.get(Math.max(0, look - 6));
      int inLast30 = course.get(Math.max(0, look - 2));
      if (now > course.get(look - 1)) {
        assertThat(now).isLessThanOrEqualTo(Math.max(2 * inLast30, inLast30 + 2));
      }
      if (now < course.get(look - 1)) {
        assertThat(course.get(look - 1) - now).isEqualTo(1);
        assertThat(now).isGreaterThanOrEqualTo(inLast90 - 1);
      }
    }
  }
}
