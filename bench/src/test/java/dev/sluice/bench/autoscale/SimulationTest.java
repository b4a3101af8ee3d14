package dev.sluice.bench.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.bench.autoscale.Workload.Arrival;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {

  private static final double FOREVER = Double.POSITIVE_INFINITY;

  private static Workload load(double hours, double meanLife, Arrival... arrivals) {
    return new Workload("test", hours, List.of(arrivals), meanLife);
  }

  @Test
  void oneAfterTheOther_whereAReplicaHasOneSlot() {
    Outcome outcome =
        Simulation.run(
            load(0.1, FOREVER, new Arrival(60, 10), new Arrival(60, 10), new Arrival(65, 10)),
            new Costs(1, 5, 0, 30, 0),
            seen -> Fleet.fixed(1),
            1);

    assertThat(outcome.jobs().stream().map(job -> job.begun - job.arrival))
        .containsExactly(0.0, 10.0, 15.0);
    assertThat(outcome.replicaHours()).isCloseTo(0.1, within(1e-3));
    assertThat(outcome.busy()).isCloseTo(30 / 360.0, within(1e-3));
  }

  @Test
  void sideBySide_eachAtItsShareOfSpeed() {
    Outcome outcome =
        Simulation.run(
            load(0.1, FOREVER, new Arrival(60, 10), new Arrival(65, 10)),
            new Costs(2, 5, 0, 30, 0),
            seen -> Fleet.fixed(1),
            1);

    // Alone for 5 s, then at half speed until the first is done, then alone again.
    assertThat(outcome.jobs().get(0).done).isCloseTo(75, within(1e-6));
    assertThat(outcome.jobs().get(1).done).isCloseTo(80, within(1e-6));
  }

  @Test
  void aReplicaThatIsToldToEnd_givesItsTaskBackAsFarAsItIs() {
    Outcome outcome =
        Simulation.run(
            load(0.1, FOREVER, new Arrival(60, 30)),
            new Costs(1, 5, 10, 30, 0),
            seen -> (second, current) -> second < 70 ? 2 : second < 71 ? 1 : 0 < current ? 1 : 0,
            1);

    // It is the first replica's, which stays.
    assertThat(outcome.jobs().get(0).done).isCloseTo(90, within(1e-6));
    assertThat(outcome.mostReplicas()).isEqualTo(2);
  }

  @Test
  void nodesThatAreTakenBack_costTheLockAndTheWorkSinceTheCheckpoint() {
    Arrival[] arrivals = new Arrival[200];
    for (int job = 0; job < arrivals.length; job++) {
      arrivals[job] = new Arrival(60 * (job + 1), 30);
    }
    Costs costs = new Costs(4, 5, 0, 30, 10);
    Outcome calm = Simulation.run(load(4, FOREVER, arrivals), costs, seen -> Fleet.fixed(1), 1);
    Outcome spot = Simulation.run(load(4, 0.1, arrivals), costs, seen -> Fleet.fixed(1), 1);

    assertThat(calm.took(1)).isCloseTo(30, within(1e-6));
    assertThat(spot.jobs()).allSatisfy(job -> assertThat(job.done).isNotNaN());
    assertThat(spot.took(1)).isGreaterThan(60);
  }
}
