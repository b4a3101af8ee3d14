package dev.sluice.launcher.scaling;

import dev.sluice.autoscaling.Autoscaler;
import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.process.ChildProcess;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** Gives one stage as many replicas as a cluster would, by what the scaler tells. */
public final class StageScaling {

  private final String stage;
  private final ScaledObject.Spec spec;
  private final ReplicaSet replicas;
  private final Autoscaler autoscaler;
  private final TimeLine timeLine;
  private final Path folder;
  private final StartReport report;

  /**
   * @param spec between which numbers, and how fast
   * @param scaler the way to it
   * @param folder for the time line, which is written whenever the number has changed
   */
  public StageScaling(
      String stage,
      ScaledObject.Spec spec,
      Channel scaler,
      ReplicaSet replicas,
      Path folder,
      StartReport report) {
    this.stage = stage;
    this.spec = spec;
    this.replicas = replicas;
    this.autoscaler = new Autoscaler(spec, new KedaClient(scaler, stage, spec.triggers().get(0)));
    this.timeLine = new TimeLine(stage);
    this.folder = folder;
    this.report = report;
  }

  /** Starts those that there are always. */
  public void begin() {
    replicas.resize(spec.minReplicaCount());
  }

  /**
   * Looks whether there is to be another number of replicas, and after those that there are.
   *
   * @param now since the instance was ready
   */
  public void watch(Duration now) {
    replicas.watch();
    int before = replicas.size();
    int wanted = autoscaler.replicas(now, before);
    if (wanted != before) {
      replicas.resize(wanted);
      report.tell(
          "%5.0f s  %s %d -> %d replicas%s"
              .formatted(now.toMillis() / 1000.0, stage, before, wanted, because()));
    }
    timeLine.add(now, autoscaler.lastMetric(), replicas.size(), replicas.ending());
    // Not at the end alone: a launcher that is killed leaves what there was, and one that ends may
    // not begin to draw.
    if (wanted != before) {
      writeTimeLine();
    }
  }

  private String because() {
    OptionalDouble work = autoscaler.lastMetric();
    return work.isPresent()
        ? "; when last asked, %.0f s of work".formatted(work.getAsDouble())
        : "";
  }

  /** All processes that there still are. */
  public List<ChildProcess> processes() {
    return replicas.processes();
  }

  private void writeTimeLine() {
    try {
      timeLine.write(folder);
    } catch (IOException e) {
      report.tell("the time line of the %s was not written: %s".formatted(stage, e.getMessage()));
    }
  }
}
