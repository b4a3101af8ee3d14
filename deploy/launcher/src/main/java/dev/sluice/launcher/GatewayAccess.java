package dev.sluice.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Work with a gateway: that of the instance that is up, or of one for this work alone. */
final class GatewayAccess {

  private static final long WATCH_MILLIS = 200;

  private GatewayAccess() {}

  /** What a command does with a gateway. */
  @FunctionalInterface
  interface Work {

    /**
     * Does it.
     *
     * @param startUp how long the instance took to start, if it was started for this
     * @return the command's exit status
     */
    int with(GatewayClient client, Optional<Duration> startUp) throws IOException;
  }

  /**
   * Does the work and stops what was started for it.
   *
   * @param models the folder of models that the instance must serve
   * @throws LaunchException when no instance can be started, or the work cannot be done
   */
  static int use(SluiceHome home, Path models, Work work) throws IOException {
    Optional<RunningInstance> running =
        RunningInstance.find(home.state()).filter(it -> it.models().equals(models));
    if (running.isPresent()) {
      try (GatewayClient client = new GatewayClient(running.get().grpc())) {
        return work.with(client, Optional.empty());
      }
    }
    StartReport report = new StartReport(System.err);
    try (RunFolder run = RunFolder.temporary(home.state());
        LocalInstance instance = LocalInstance.start(home, run, models, report);
        GatewayClient client = new GatewayClient(instance.address().grpc())) {
      Duration startUp = report.elapsed();
      Thread watch = abortWhenAProcessEnds(instance, client);
      try {
        int status = work.with(client, Optional.of(startUp));
        run.discard();
        return status;
      } catch (LaunchException e) {
        // A dead process explains a broken call better than the call does.
        instance.requireAlive();
        throw e;
      } finally {
        watch.interrupt();
      }
    }
  }

  private static Thread abortWhenAProcessEnds(LocalInstance instance, GatewayClient client) {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (true) {
                  instance.requireAlive();
                  Thread.sleep(WATCH_MILLIS);
                }
              } catch (LaunchException e) {
                client.abort();
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
