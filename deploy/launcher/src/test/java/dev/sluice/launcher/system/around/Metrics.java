package dev.sluice.launcher.system.around;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a service tells Prometheus. */
public final class Metrics {

  private static final Duration CONNECTING = Duration.ofSeconds(2);
  private static final Duration ANSWERING = Duration.ofSeconds(5);

  private Metrics() {}

  /**
   * Its text, now.
   *
   * @param address host and port of the service's HTTP server
   */
  public static String of(String address) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + address + "/q/metrics");
    return HttpClient.newBuilder()
        .connectTimeout(CONNECTING)
        .build()
        .send(
            HttpRequest.newBuilder(uri).timeout(ANSWERING).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
