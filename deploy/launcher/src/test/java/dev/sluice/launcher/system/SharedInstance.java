package dev.sluice.launcher.system;

import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.PortChoice;
import dev.sluice.launcher.instance.Processes;
import dev.sluice.launcher.instance.RunFolder;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.SluiceHome;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The whole of Sluice as processes, a real broker, the five services and the scaler, for all
 * integration tests of a virtual machine: the first class that needs it starts it, and it ends with
 * that machine. Its folder lies in {@code target}, for its logs.
 *
 * <p>It is not JUnit's to keep: where tests run in several virtual machines, each class is a run of
 * its own.
 */
final class SharedInstance implements BeforeAllCallback {

  /** The tiny unCLIP of the reference data. */
  static final String MODEL = TinyModel.NAME;

  /** The model that ships, whose networks are trained. */
  static final String SHAPES = "shapes-unclip";

  /** A model whose pictures a rounding hardly moves. */
  static final String LATENT = "pipe-sd";

  private static final List<String> FAMILIES =
      List.of(
          MODEL,
          LATENT,
          "pipe-sdxl",
          "pipe-sdxl-refiner",
          "pipe-if",
          "pipe-dit",
          "pipe-ddpm",
          "pipe-kandinsky22-prior",
          "pipe-kandinsky22-decoder",
          "pipe-unclip-image-variation");

  private static Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    if (running == null) {
      running = new Running();
    }
  }

  /** What was started; only within a class that has this extension. */
  static Running running() {
    return running;
  }

  /** The instance stops by itself when this process ends. */
  static final class Running {

    private final LocalInstance instance;
    private final ManagedChannel channel;
    private final KafkaProducer<byte[], byte[]> producer;

    Running() {
      Path root = Path.of(System.getProperty("sluice.home"));
      Path state = Path.of("target", "shared-instance").toAbsolutePath();
      RunFolder run = RunFolder.temporary(state);
      Map<String, Path> models = new TreeMap<>();
      FAMILIES.forEach(name -> models.put(name, TinyModel.source(name)));
      models.put(SHAPES, root.resolve("models").resolve(SHAPES));
      StartReport report = new StartReport(System.out);
      instance =
          LocalInstance.start(
              new SluiceHome(root, state),
              run,
              // With the scaler, and no stage that it scales.
              Processes.scaled(Map.of()),
              PortChoice.ANY,
              run.models(models, Map.of(TinyLora.NAME, TinyLora.write(run.logs()))),
              List.of(),
              report);
      System.out.println("everything is up after " + ProgressDisplay.seconds(report.elapsed()));
      channel = ManagedChannelBuilder.forTarget(address().grpc()).usePlaintext().build();
      producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", address().kafka()),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }

    LocalInstance instance() {
      return instance;
    }

    RunningInstance address() {
      return instance.address();
    }

    ManagedChannel channel() {
      return channel;
    }

    KafkaProducer<byte[], byte[]> producer() {
      return producer;
    }
  }
}
