package dev.sluice.launcher.client;

import dev.sluice.client.SluiceClient;
import dev.sluice.client.SluiceException;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.PortChoice;
import dev.sluice.launcher.instance.Processes;
import dev.sluice.launcher.instance.RunFolder;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelChoice;
import dev.sluice.launcher.model.ModelReport;
import dev.sluice.launcher.model.ModelSizes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Work with a gateway: that of the instance that is up, or of one for this work alone. */
public final class GatewayAccess {

  private static final long WATCH_MILLIS = 200;

  /** What a gateway takes that has died under the instance that is up. */
  private static final Duration NEW_START = Duration.ofSeconds(60);

  private GatewayAccess() {}

  /** What a command does with a gateway. */
  @FunctionalInterface
  public interface Work {

    /**
     * Does it.
     *
     * @param startUp how long the instance took to start, if it was started for this
     * @return the command's exit status
     */
    int with(SluiceClient client, Optional<Duration> startUp) throws IOException;
  }

  /**
   * Does the work and stops what was started for it.
   *
   * @param choice the model, which decides on the instance
   * @throws LaunchException when no instance can be started
   * @throws SluiceException when its gateway cannot do the work
   */
  public static int use(SluiceHome home, ModelChoice choice, Work work) throws IOException {
    Optional<RunningInstance> running =
        RunningInstance.await(home.state(), NEW_START)
            .filter(it -> choice.isServedFrom(it.models(), home.models()));
    if (running.isPresent()) {
      try (SluiceClient client = SluiceClient.connect(running.get().grpc())) {
        return work.with(client, Optional.empty());
      }
    }
    StartReport report = new StartReport(System.err);
    Map<String, Path> alone = choice.alone(home.models());
    Map<String, Path> loras = choice.lorasAlone(home.models());
    ModelReport.of(alone.values()).requireServable();
    try (RunFolder run = RunFolder.temporary(home.state());
        LocalInstance instance = start(home, run, alone, loras, report);
        SluiceClient client = SluiceClient.connect(instance.address().grpc())) {
      Duration startUp = report.elapsed();
      Thread watch = abortWhenAProcessEnds(instance, client);
      try {
        int status = work.with(client, Optional.of(startUp));
        run.discard();
        return status;
      } catch (SluiceException e) {
        // A dead process explains a broken call better than the call does.
        instance.watch();
        throw e;
      } finally {
        watch.interrupt();
      }
    }
  }

  /**
   * Other models that lie beside the chosen one, or are broken there, are none of its business.
   * Small models share a process, which is there in half the time; large ones have memory of their
   * own each, to let go of for one another.
   */
  private static LocalInstance start(
      SluiceHome home,
      RunFolder run,
      Map<String, Path> alone,
      Map<String, Path> loras,
      StartReport report) {
    Path models = alone.isEmpty() ? home.models() : run.models(alone, loras);
    return LocalInstance.start(
        home,
        run,
        ModelSizes.anyLarge(models) ? Processes.APART : Processes.TOGETHER,
        PortChoice.ANY,
        models,
        List.copyOf(alone.keySet()),
        report);
  }

  private static Thread abortWhenAProcessEnds(LocalInstance instance, SluiceClient client) {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (true) {
                  instance.watch();
                  Thread.sleep(WATCH_MILLIS);
                }
              } catch (LaunchException e) {
                client.close();
              } catch (InterruptedException e) {
                // The pictures are done: nothing is left to watch over.
              }
            },
            "watch");
    watch.setDaemon(true);
    watch.start();
    return watch;
  }
}
