package dev.sluice.stage.blob;

import com.robothy.s3.rest.LocalS3;
import com.robothy.s3.rest.bootstrap.LocalS3Mode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of S3 within this process. The one that does the work passes over conditions of writes
 * ({@code If-Match}, {@code If-None-Match}), which Amazon's and others' obey; a door before it does
 * so as RFC 9110, section 13, has it: one write at a time, and 412 where a condition does not hold.
 */
final class ConditionalS3 implements AutoCloseable {

  /** Those that a client of the JDK sets itself, and the conditions. */
  private static final Set<String> NOT_PASSED_ON = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    NOT_PASSED_ON.addAll(
        List.of(
            "Host",
            "Connection",
            "Content-Length",
            "Transfer-Encoding",
            "Expect",
            "Upgrade",
            "If-Match",
            "If-None-Match"));
  }

  private final LocalS3 behind;
  private final HttpServer door;
  private final ExecutorService threads = Executors.newFixedThreadPool(16);
  private final HttpClient client = HttpClient.newHttpClient();
  private int refusals;

  ConditionalS3() throws IOException {
    behind = LocalS3.builder().port(freePort()).mode(LocalS3Mode.IN_MEMORY).build();
    behind.start();
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext("/", this::handle);
    door.setExecutor(threads);
    door.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + door.getAddress().getPort());
  }

  /** The server behind, which takes no notice of conditions. */
  URI unconditional() {
    return URI.create("http://127.0.0.1:" + behind.getPort());
  }

  /** How many writes were refused because their condition did not hold. */
  synchronized int refusals() {
    return refusals;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("PUT")) {
        synchronized (this) {
          if (holds(exchange)) {
            passOn(exchange, body);
          } else {
            refusals++;
            answer(
                exchange,
                412,
                "<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>"
                    .getBytes(StandardCharsets.UTF_8));
          }
        }
      } else {
        passOn(exchange, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean holds(HttpExchange exchange) throws IOException, InterruptedException {
    Optional<String> match = header(exchange, "If-Match");
    Optional<String> noneMatch = header(exchange, "If-None-Match");
    if (match.isEmpty() && noneMatch.isEmpty()) {
      return true;
    }
    HttpResponse<byte[]> found =
        client.send(
            HttpRequest.newBuilder(behind(exchange)).GET().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    boolean exists = found.statusCode() == 200;
    String tag = found.headers().firstValue("ETag").orElse("");
    return match.map(wanted -> exists && bare(wanted).equals(bare(tag))).orElse(true)
        && noneMatch.map(any -> !exists).orElse(true);
  }

  private static String bare(String tag) {
    return tag.replace("\"", "");
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private URI behind(HttpExchange exchange) {
    return unconditional().resolve(exchange.getRequestURI().toString());
  }

  private void passOn(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(behind(exchange))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name)) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name)) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
              }
            });
    answer(exchange, answer.statusCode(), answer.body());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean hasBody = body.length > 0 && !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, hasBody ? body.length : -1);
    if (hasBody) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    door.stop(0);
    threads.shutdownNow();
    behind.shutdown();
  }
}
