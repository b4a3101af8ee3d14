package dev.sluice.launcher.care;

import dev.sluice.launcher.process.Health;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a service is, by its health and its metrics.
 *
 * @param waiting tasks that wait or are in work, anywhere, at the stages that it has; empty where
 *     it has none
 * @param inWork tasks that it works on
 */
record ServiceState(boolean isReady, Optional<Long> waiting, Optional<Long> inWork) {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Pattern BACKLOG = gauge("sluice_stage_backlog");
  private static final Pattern IN_WORK = gauge("sluice_stage_tasks_in_flight");

  private static Pattern gauge(String name) {
    return Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? ([0-9.E+-]+)$");
  }

  /** Asks the service whose HTTP server listens at {@code host:port}. */
  static ServiceState of(String address) {
    int colon = address.lastIndexOf(':');
    boolean ready =
        Health.of(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
            .isReady();
    String metrics = metrics(address);
    return new ServiceState(ready, number(metrics, BACKLOG), number(metrics, IN_WORK));
  }

  private static Optional<Long> number(String metrics, Pattern gauge) {
    // One line for each stage that the process has.
    return gauge
        .matcher(metrics)
        .results()
        .map(line -> (long) Double.parseDouble(line.group(1)))
        .reduce(Long::sum);
  }

  private static String metrics(String address) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://" + address + "/q/metrics"))
                  .timeout(PATIENCE)
                  .build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
