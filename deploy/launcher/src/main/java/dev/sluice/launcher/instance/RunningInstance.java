package dev.sluice.launcher.instance;

import dev.sluice.launcher.process.Health;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Where an instance that stays up can be reached, as {@code sluice up} writes it for {@code sluice
 * generate} to find.
 *
 * @param pid the launcher that holds the instance
 * @param grpc host and port of the gateway's gRPC server
 * @param http host and port of the gateway's HTTP server
 * @param kafka bootstrap servers
 * @param models the folder that the instance serves models from
 * @param services host and port of each service's HTTP server, by its name
 */
public record RunningInstance(
    long pid, String grpc, String http, String kafka, Path models, Map<String, String> services) {

  private static final String SERVICE = "service.";

  private static final String FILE = "instance.properties";
  private static final int CONNECT_MILLIS = 500;
  private static final long POLL_MILLIS = 200;

  /** What the command of a launcher has in it. */
  private static final String LAUNCHER = "dev.sluice.launcher.Sluice";

  /** Writes the address file into {@code state} in one move, so that no reader sees half of it. */
  public void publish(Path state) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("grpc", grpc);
    properties.setProperty("http", http);
    properties.setProperty("kafka", kafka);
    properties.setProperty("models", models.toString());
    services.forEach((name, address) -> properties.setProperty(SERVICE + name, address));
    Files.createDirectories(state);
    Path draft = Files.createTempFile(state, "instance", ".draft");
    try (Writer writer = Files.newBufferedWriter(draft)) {
      properties.store(writer, "A running Sluice instance; removed when it stops");
    }
    Files.move(draft, state.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  public static void withdraw(Path state) throws IOException {
    Files.deleteIfExists(state.resolve(FILE));
  }

  /** The instance that {@code state} names, when its launcher lives and its gateway listens. */
  public static Optional<RunningInstance> find(Path state) {
    return read(state).filter(instance -> instance.isHeld() && listens(instance.grpc()));
  }

  /**
   * The same, but waits for a gateway that is being started anew until it takes requests.
   *
   * @param patience how long at most
   */
  public static Optional<RunningInstance> await(Path state, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    Optional<RunningInstance> named = read(state).filter(RunningInstance::isHeld);
    try {
      while (named.isPresent() && !named.get().isReady()) {
        if (System.nanoTime() > end || !named.get().isHeld() || !named.get().isHeldByUs()) {
          return find(state);
        }
        Thread.sleep(POLL_MILLIS);
      }
      return named;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private boolean isReady() {
    int colon = http.lastIndexOf(':');
    return Health.of(http.substring(0, colon), Integer.parseInt(http.substring(colon + 1)))
        .isReady();
  }

  private static Optional<RunningInstance> read(Path state) {
    Path file = state.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return Optional.of(
          new RunningInstance(
              Long.parseLong(properties.getProperty("pid")),
              properties.getProperty("grpc"),
              properties.getProperty("http"),
              properties.getProperty("kafka"),
              Path.of(properties.getProperty("models")),
              properties.stringPropertyNames().stream()
                  .filter(name -> name.startsWith(SERVICE))
                  .collect(
                      Collectors.toMap(
                          name -> name.substring(SERVICE.length()), properties::getProperty))));
    } catch (IOException | RuntimeException e) {
      // A file that cannot be understood names no instance; the next `up` replaces it.
      return Optional.empty();
    }
  }

  /** A dead launcher's file stays behind, and its process id may be another's by now. */
  private boolean isHeld() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Whether the process of that id is a launcher, as far as Linux tells. */
  private boolean isHeldByUs() {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains(LAUNCHER);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean listens(String address) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
