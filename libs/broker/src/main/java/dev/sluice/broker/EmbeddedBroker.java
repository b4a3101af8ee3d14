package dev.sluice.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Apache Kafka itself, broker and controller in one node on loopback: what the pipeline runs on
 * when there is no cluster. Share groups are on; every internal topic has a single replica.
 *
 * <p>Kafka keeps state in static fields, so a process should run one broker at a time.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";
  private static final int NODE = 1;

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts a broker on a free port with its log in {@code folder}. */
  public static EmbeddedBroker start(Path folder) {
    return start(folder, freePort());
  }

  /**
   * Starts a broker and returns when it answers.
   *
   * @param folder for the log; made and formatted if it is not there yet
   * @param port to listen on, on loopback
   */
  public static EmbeddedBroker start(Path folder, int port) {
    return start(folder, port, Map.of());
  }

  /**
   * As {@link #start(Path, int)}, for a broker that asks its clients who they are.
   *
   * @param further settings of the broker, which go before its own; the listener that clients
   *     connect to is called {@code PLAINTEXT}, whatever it is made
   */
  public static EmbeddedBroker start(Path folder, int port, Map<String, String> further) {
    Map<String, String> settings = settings(folder, port, freePort());
    settings.putAll(further);
    try {
      Files.createDirectories(folder);
      format(folder);
      KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
      server.startup();
      return new EmbeddedBroker(server, LOOPBACK + ":" + port);
    } catch (Exception e) {
      throw new IllegalStateException(
          "the embedded broker did not start on port %d in %s: %s"
              .formatted(port, folder, e.getMessage()),
          e);
    }
  }

  /** Where clients connect: {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** A folder keeps the cluster it was formatted for, and its records with it. */
  private static void format(Path folder) throws Exception {
    if (Files.exists(folder.resolve("meta.properties"))) {
      return;
    }
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .addDirectory(folder.toString())
        .setMetadataLogDirectory(folder.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .run();
  }

  private static Map<String, String> settings(Path folder, int port, int controllerPort) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE));
    settings.put("controller.quorum.voters", NODE + "@" + LOOPBACK + ":" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(LOOPBACK, port, LOOPBACK, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", folder.toString());
    settings.put("num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.share.min.record.lock.duration.ms", "1000");
    settings.put("group.share.min.heartbeat.interval.ms", "500");
    settings.put("group.share.heartbeat.interval.ms", "1000");
    settings.put("group.share.min.session.timeout.ms", "3000");
    settings.put("group.share.session.timeout.ms", "6000");
    // Pictures and latents above the inline limit go to the blob store; this leaves room for the
    // rest.
    settings.put("message.max.bytes", Integer.toString(8 << 20));
    settings.put("replica.fetch.max.bytes", Integer.toString(8 << 20));
    settings.put("log.retention.hours", "24");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    // Without, the next broker on these data waits until this one's session is over.
    settings.put("controlled.shutdown.enable", "true");
    return settings;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port on " + LOOPBACK + ": " + e.getMessage(), e);
    }
  }

  /**
   * Runs a broker until standard input ends, so that it never outlives the process that started it.
   * Prints one line, {@code READY host:port}, when it answers.
   *
   * @param args the log folder and the port
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: EmbeddedBroker LOG_FOLDER PORT");
      System.exit(2);
    }
    EmbeddedBroker broker;
    try {
      broker = start(Path.of(args[0]), Integer.parseInt(args[1]));
    } catch (RuntimeException e) {
      e.printStackTrace();
      System.err.println("FATAL: " + e.getMessage());
      System.exit(1);
      return;
    }
    System.out.println("READY " + broker.bootstrapServers());
    while (System.in.read() >= 0) {
      // Whatever is written to us means nothing; only the end does.
    }
    broker.close();
    System.exit(0);
  }
}
