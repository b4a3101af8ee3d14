package dev.sluice.bench.autoscale;

import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.autoscaling.ScaledObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The denoiser's ScaledObject against fixed fleets and against scaling on the number of tasks, with
 * the same limits and rates of change: how long tasks wait, and what is paid for.
 */
final class AutoscaleBench {

  private static final long SEED = 1;

  /** Of SLUICE_SLOTS, the manifests' grace, SLUICE_LOCK, and five steps of the work below. */
  private static final Costs COSTS = new Costs(4, 45, 20, 30, 2);

  private static final double HEAVIER = 15;

  private AutoscaleBench() {}

  /**
   * @param arguments the folder of the ScaledObjects; seconds of a picture
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    double work = Double.parseDouble(arguments[1]);
    ScaledObject.Spec spec =
        ScaledObjects.patched(folder.resolve("scale.yaml"), folder.resolve("behavior.yaml"))
            .get("denoiser")
            .spec();
    double perReplica =
        Double.parseDouble(spec.triggers().get(0).metadata().get("secondsPerReplica"));

    System.out.printf(
        "A picture takes a replica %.0f s, a heavy one %.0f s; %.0f s of work for each replica, at most %d of them;"
            + " a new one takes %.0f s to start.%n%n",
        work, work * HEAVIER, perReplica, spec.maxReplicaCount(), COSTS.start());
    System.out.println(
        "| load | replicas | waited, half | 95 % | 99 % | took, 95 % | replica hours | of them work | most |");
    System.out.println("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (Workload load :
        List.of(
            Workload.bursts(work),
            Workload.day(work, SEED),
            Workload.mixed(work, HEAVIER, SEED),
            Workload.mixed(work, HEAVIER, SEED).onSpotNodes(2))) {
      Outcome byWork = run(load, seen -> Fleet.byWork(spec, perReplica, seen));
      int asMany = (int) Math.max(1, Math.round(byWork.replicaHours() / load.hours()));
      print(load, "by work", byWork);
      print(
          load,
          "by tasks",
          run(load, seen -> Fleet.byTasks(spec, perReplica / load.meanWork(), seen)));
      print(load, "always " + asMany, run(load, seen -> Fleet.fixed(asMany)));
      print(
          load,
          "always " + spec.maxReplicaCount(),
          run(load, seen -> Fleet.fixed(spec.maxReplicaCount())));
    }
  }

  private static Outcome run(Workload load, Function<Fleet.Backlog, Fleet> fleet) {
    return Simulation.run(load, COSTS, fleet, SEED);
  }

  private static void print(Workload load, String fleet, Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f s | %.0f s | %.0f s | %.0f s | %.1f | %.0f %% | %d |%n",
        load.name(),
        fleet,
        outcome.waited(0.5),
        outcome.waited(0.95),
        outcome.waited(0.99),
        outcome.took(0.95),
        outcome.replicaHours(),
        100 * outcome.busy(),
        outcome.mostReplicas());
  }
}
