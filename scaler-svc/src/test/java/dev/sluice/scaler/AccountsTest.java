package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.contract.Topics;
import dev.sluice.contract.keda.ExternalScalerGrpc;
import dev.sluice.contract.keda.ExternalScalerGrpc.ExternalScalerBlockingStub;
import dev.sluice.contract.keda.GetMetricsRequest;
import dev.sluice.contract.keda.MetricSpec;
import dev.sluice.contract.keda.ScaledObjectRef;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.ToyState;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageRuntime;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A stage's work from its topic to KEDA, with the real broker, a worker and gRPC between. */
@ExtendWith(KafkaForTests.class)
class AccountsTest {

  private static final Duration LOCK = Duration.ofSeconds(15);
  private static final Duration ASSUMED = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final double WORK = 1000;

  @Test
  void work_isToldFromTheFirstTaskToTheLast(KafkaForTests.Address kafka, @TempDir Path blobs)
      throws Exception {
    try (Outbox outbox = new Outbox(kafka.settings());
        Scaler scaler = new Scaler(kafka)) {
      scaler.await("known", () -> scaler.figures(Stage.DENOISER).isPresent());
      assertThat(scaler.isActive("denoiser")).isFalse();
      assertThat(scaler.seconds("denoiser")).isZero();

      for (int i = 0; i < 3; i++) {
        write(outbox);
      }
      scaler.await("active", () -> scaler.isActive("denoiser"));
      scaler.await("all told", () -> scaler.tasks(Stage.DENOISER, 3, 0));
      assertThat(scaler.seconds("denoiser"))
          .as("nobody has ever done such a task")
          .isEqualTo(3.0 * ASSUMED.toSeconds());
      Figures waiting = scaler.figures(Stage.DENOISER).orElseThrow();
      assertThat(waiting.workWaiting()).isEqualTo(3 * WORK);
      assertThat(waiting.oldest()).isPositive();
      assertThat(scaler.isActive("upscaler")).isFalse();

      Semaphore mayEnd = new Semaphore(0);
      try (Worker worker = new Worker(kafka, outbox, blobs, mayEnd)) {
        scaler.await("one in work", () -> worker.tell() && scaler.tasks(Stage.DENOISER, 2, 1));
        assertThat(scaler.figures(Stage.DENOISER).orElseThrow().workInWork()).isEqualTo(WORK);
        mayEnd.release(3);
        scaler.await("worked off", () -> worker.tell() && scaler.tasks(Stage.DENOISER, 0, 0));
        scaler.await("measured", () -> scaler.figures(Stage.DENOISER).orElseThrow().rate() > 0);
      }
      assertThat(scaler.isActive("denoiser")).isFalse();
      assertThat(scaler.seconds("denoiser")).isZero();
      scaler.await("handed on", () -> scaler.tasks(Stage.UPSCALER, 3, 0));
      assertThat(scaler.seconds("upscaler"))
          .as("their work was not declared")
          .isEqualTo(3.0 * ASSUMED.toSeconds());

      write(outbox);
      write(outbox);
      scaler.await("again", () -> scaler.tasks(Stage.DENOISER, 2, 0));
      Figures before = scaler.figures(Stage.DENOISER).orElseThrow();
      assertThat(before.seconds()).isCloseTo(2 * WORK / before.rate(), within(1e-6));
      scaler.await("pushed", () -> scaler.changes().equals(List.of(false, true, false, true)));

      try (Scaler next = new Scaler(kafka)) {
        next.await("known again", () -> next.figures(Stage.DENOISER).isPresent());
        Figures after = next.figures(Stage.DENOISER).orElseThrow();
        assertThat(after.tasksWaiting()).isEqualTo(2);
        assertThat(after.workWaiting()).isEqualTo(before.workWaiting());
        assertThat(after.seconds()).isCloseTo(before.seconds(), within(1e-6));
        next.await("of all stages", () -> next.tasks(Stage.UPSCALER, 3, 0));
      }
    }
  }

  @Test
  void whatIsWrongIsTold(KafkaForTests.Address kafka) throws Exception {
    try (Scaler scaler = new Scaler(kafka)) {
      MetricSpec spec =
          scaler
              .stub
              .getMetricSpec(Scaler.object("prior", "secondsPerReplica", "2.5"))
              .getMetricSpecs(0);

      assertThat(spec.getMetricName()).isEqualTo("sluice-prior-seconds");
      assertThat(spec.getTargetSizeFloat()).isEqualTo(2.5);
      assertThat(spec.getTargetSize()).isEqualTo(3);
      assertThatThrownBy(() -> scaler.isActive("decoder"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContainingAll("INVALID_ARGUMENT", "decoder", "denoiser");
      assertThatThrownBy(
              () ->
                  scaler.stub.getMetrics(
                      GetMetricsRequest.newBuilder()
                          .setScaledObjectRef(Scaler.object("prior", "stage", "prior"))
                          .setMetricName("s0-lag")
                          .build()))
          .hasMessageContainingAll("INVALID_ARGUMENT", "s0-lag", "sluice-prior-seconds");
    }
  }

  @Test
  void withoutABrokerThereAreNoFigures() throws Exception {
    KedaDoor door = new KedaDoor(stage -> Optional.empty());
    try (Scaler scaler = new Scaler(door)) {
      assertThatThrownBy(() -> scaler.isActive("denoiser")).hasMessageContaining("UNAVAILABLE");
      assertThatThrownBy(() -> scaler.seconds("denoiser"))
          .hasMessageContainingAll("UNAVAILABLE", "Kafka does not answer");
    }
  }

  private static void write(Outbox outbox) {
    Task.Builder task = Tasks.denoiserTask(Topics.tasks(Stage.UPSCALER)).toBuilder();
    task.getStepBuilder().setWork(WORK);
    outbox.send(Topics.tasks(Stage.DENOISER), task.getHeader().getImageId(), task.build(), null);
  }

  /** A scaler as it is in its process, without the container, and KEDA on the other side. */
  private static final class Scaler implements AutoCloseable {

    private final Accounts accounts;
    private final Server server;
    private final ManagedChannel channel;
    private final ExternalScalerBlockingStub stub;
    private final List<Boolean> changes = new ArrayList<>();

    Scaler(KafkaForTests.Address kafka) throws Exception {
      Runnable[] changed = {() -> {}};
      accounts = new Accounts(kafka.settings(), LOCK, ASSUMED, () -> changed[0].run());
      KedaDoor door = new KedaDoor(accounts::of);
      changed[0] = door::tellOfChanges;
      server = serve(door);
      channel = connect();
      stub = ExternalScalerGrpc.newBlockingStub(channel);
      Iterator<dev.sluice.contract.keda.IsActiveResponse> pushed =
          stub.streamIsActive(object("denoiser", "secondsPerReplica", "5"));
      Thread listener =
          new Thread(
              () -> {
                try {
                  pushed.forEachRemaining(
                      answer -> {
                        synchronized (changes) {
                          changes.add(answer.getResult());
                        }
                      });
                } catch (StatusRuntimeException e) {
                  // So it ends.
                }
              });
      listener.setDaemon(true);
      listener.start();
    }

    Scaler(KedaDoor door) throws Exception {
      accounts = null;
      server = serve(door);
      channel = connect();
      stub = ExternalScalerGrpc.newBlockingStub(channel);
    }

    private static Server serve(KedaDoor door) throws Exception {
      return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
          .addService(door)
          .build()
          .start();
    }

    private ManagedChannel connect() {
      return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    }

    static ScaledObjectRef object(String stage, String key, String value) {
      return ScaledObjectRef.newBuilder()
          .setName(stage)
          .setNamespace("sluice")
          .putAllScalerMetadata(Map.of("stage", stage))
          .putScalerMetadata(key, value)
          .build();
    }

    boolean isActive(String stage) {
      return stub.isActive(object(stage, "stage", stage)).getResult();
    }

    double seconds(String stage) {
      return stub.getMetrics(
              GetMetricsRequest.newBuilder()
                  .setScaledObjectRef(object(stage, "stage", stage))
                  .setMetricName("s0-sluice-" + stage + "-seconds")
                  .build())
          .getMetricValues(0)
          .getMetricValueFloat();
    }

    Optional<Figures> figures(Stage stage) {
      return accounts.of(stage);
    }

    boolean tasks(Stage stage, long waiting, long inWork) {
      return figures(stage)
          .filter(one -> one.tasksWaiting() == waiting && one.tasksInWork() == inWork)
          .isPresent();
    }

    List<Boolean> changes() {
      synchronized (changes) {
        return List.copyOf(changes);
      }
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime())
            .as("%s; figures %s", what, accounts.of(Stage.DENOISER))
            .isLessThan(end);
        Thread.sleep(100);
      }
    }

    @Override
    public void close() throws InterruptedException {
      channel.shutdownNow();
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      if (accounts != null) {
        accounts.close();
      }
    }
  }

  /** A denoiser of one slot, whose tasks end when they may. */
  private static final class Worker implements AutoCloseable {

    private final ToyState state = new ToyState();
    private final ProgressStore checkpoints;
    private final ShareGroupWorker tasks;
    private final StatusPublisher status;

    Worker(KafkaForTests.Address kafka, Outbox outbox, Path blobs, Semaphore mayEnd) {
      FolderBlobStore store = new FolderBlobStore(blobs);
      checkpoints = new ProgressStore(store, 0);
      StageRuntime runtime =
          new StageRuntime(
              Stage.DENOISER,
              (task, context) -> {
                mayEnd.acquireUninterruptibly();
                return Tasks.denoise(task, context);
              },
              new Payloads(store, 1 << 20),
              new CancelledWork(),
              new SimpleMeterRegistry());
      String name = StatusPublisher.name(Stage.DENOISER);
      PassingOn passing =
          new PassingOn(
              new StatusBoard(), Stage.DENOISER, name, outbox, Duration.ZERO, PassingOn.PAUSES);
      tasks =
          new ShareGroupWorker(
              kafka.settings(),
              Topics.group(Stage.DENOISER),
              Topics.tasks(Stage.DENOISER),
              1,
              new KafkaDoor(runtime, outbox, checkpoints, passing, Backoff.upTo(LOCK)));
      status =
          new StatusPublisher(
              kafka.settings(), Stage.DENOISER, name, state, tasks::isReady, runtime::workDone);
    }

    /** Has it tell how it is, which it does by itself every five seconds. */
    boolean tell() {
      state.set(ToyState.loading(1));
      return true;
    }

    @Override
    public void close() {
      tasks.close();
      status.close();
      checkpoints.close();
    }
  }
}
