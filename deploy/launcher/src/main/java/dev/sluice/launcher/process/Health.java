package dev.sluice.launcher.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * What a service says of itself.
 *
 * @param isReady whether it takes work
 * @param models how its models are; empty while it says nothing
 */
public record Health(boolean isReady, String models) {

  private static final int CONNECT_MILLIS = 200;
  private static final int READ_MILLIS = 2_000;

  /** Memory is told beside the models, and changes while nothing happens. */
  private static final String MEMORY = "\"(?:[a-z-]* )?memory\"\\s*:\\s*\"[^\"]*\"";

  public static Health of(String host, int port) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://%s:%d/q/health/ready".formatted(host, port))
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      try {
        boolean ready = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        return new Health(ready, ready ? "" : body(connection.getErrorStream()));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return new Health(false, "");
    }
  }

  private static String body(InputStream stream) throws IOException {
    if (stream == null) {
      return "";
    }
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replaceAll(MEMORY, "");
    }
  }
}
