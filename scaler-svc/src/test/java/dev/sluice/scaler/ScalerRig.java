package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.keda.ExternalScalerGrpc;
import dev.sluice.contract.keda.ExternalScalerGrpc.ExternalScalerBlockingStub;
import dev.sluice.contract.keda.GetMetricsRequest;
import dev.sluice.contract.keda.IsActiveResponse;
import dev.sluice.contract.keda.ScaledObjectRef;
import dev.sluice.stage.rig.KafkaForTests;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A scaler as it is in its process, without the container, and KEDA on the other side. */
final class ScalerRig implements AutoCloseable {

  static final Duration ASSUMED = Duration.ofSeconds(10);
  static final Duration LOCK = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  final ExternalScalerBlockingStub stub;
  private final Accounts accounts;
  private final Server server;
  private final ManagedChannel channel;
  private final List<Boolean> changes = new ArrayList<>();

  ScalerRig(KafkaForTests.Address kafka, Pools pools) throws IOException {
    Runnable[] changed = {() -> {}};
    accounts = new Accounts(kafka.settings(), pools, LOCK, ASSUMED, () -> changed[0].run());
    KedaDoor door = new KedaDoor(accounts::of, pools);
    changed[0] = door::tellOfChanges;
    server = serve(door);
    channel = connect();
    stub = ExternalScalerGrpc.newBlockingStub(channel);
  }

  /** One that knows nothing. */
  ScalerRig() throws IOException {
    accounts = null;
    server = serve(new KedaDoor(pool -> Optional.empty(), Pools.ONE_EACH));
    channel = connect();
    stub = ExternalScalerGrpc.newBlockingStub(channel);
  }

  private static Server serve(KedaDoor door) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .addService(door)
        .build()
        .start();
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  /** A ScaledObject with such metadata. */
  static ScaledObjectRef object(Map<String, String> metadata) {
    return ScaledObjectRef.newBuilder()
        .setName("any")
        .setNamespace("sluice")
        .putAllScalerMetadata(metadata)
        .build();
  }

  private static Map<String, String> metadata(String stage, String pool) {
    return pool.isEmpty() ? Map.of("stage", stage) : Map.of("stage", stage, "pool", pool);
  }

  boolean isActive(String stage) {
    return isActive(stage, "");
  }

  boolean isActive(String stage, String pool) {
    return stub.isActive(object(metadata(stage, pool))).getResult();
  }

  double seconds(String stage) {
    return seconds(stage, "");
  }

  double seconds(String stage, String pool) {
    ScaledObjectRef object = object(metadata(stage, pool));
    return stub.getMetrics(
            GetMetricsRequest.newBuilder()
                .setScaledObjectRef(object)
                .setMetricName("s0-" + stub.getMetricSpec(object).getMetricSpecs(0).getMetricName())
                .build())
        .getMetricValues(0)
        .getMetricValueFloat();
  }

  /** Keeps what is pushed of a stage. */
  void listen(String stage) {
    Iterator<IsActiveResponse> pushed = stub.streamIsActive(object(metadata(stage, "")));
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

  List<Boolean> changes() {
    synchronized (changes) {
      return List.copyOf(changes);
    }
  }

  Optional<Figures> figures(Pool pool) {
    return accounts.of(pool);
  }

  boolean tasks(Pool pool, long waiting, long inWork) {
    return figures(pool)
        .filter(one -> one.tasksWaiting() == waiting && one.tasksInWork() == inWork)
        .isPresent();
  }

  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
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
