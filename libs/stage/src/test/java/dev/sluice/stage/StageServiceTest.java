package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.rig.ToyState;
import dev.sluice.stage.work.StageModule;
import dev.sluice.stage.work.StageWork;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
@SuppressWarnings("deprecation") // Quarkus has the older of micrometer's two Prometheus registries.
class StageServiceTest {

  private final KafkaForTests.Address kafka;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final List<Integer> exits = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  StageServiceTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  /** An upscaler whose models are loaded when somebody says so. */
  private record Upscaler(CountDownLatch mayLoad, ToyState state) implements StageModule {

    @Override
    public Stage stage() {
      return Stage.UPSCALER;
    }

    @Override
    public StageWork open() {
      try {
        mayLoad.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Tasks::upscale;
    }
  }

  /** A stage that none of these tasks is for. */
  private record Refusing(Stage stage, CountDownLatch mayLoad, ToyState state)
      implements StageModule {

    @Override
    public StageWork open() {
      try {
        mayLoad.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return (task, context) -> {
        throw new AssertionError("a task of another stage came here");
      };
    }
  }

  @Test
  void service_isReadyWhenItsStageIsOpen() throws Exception {
    CountDownLatch mayLoad = new CountDownLatch(1);
    StageService service = service(List.of(new Upscaler(mayLoad, new ToyState())));
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, folder)) {
      TopicReader results = rig.results();
      Task task = Tasks.upscalerTask();
      service.start(new StartupEvent());

      assertThat(service.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
      assertThat(service.call().getData().orElseThrow())
          .containsEntry("model sd15", "loading unet, 1.2 of 1.7 GB")
          .containsEntry("memory", "1.2 of 6.0 GB");
      assertThatThrownBy(() -> service.grpc(Stage.UPSCALER))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));

      mayLoad.countDown();
      awaitReady(service);
      assertThat(service.grpc(Stage.UPSCALER)).isNotNull();
      rig.write(
          Topics.tasks(Stage.UPSCALER),
          task.getHeader().getImageId().getBytes(StandardCharsets.UTF_8),
          task.toByteArray(),
          null);
      assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
      assertThat(metrics.scrape())
          .contains("sluice_stage_task_seconds_count{outcome=\"done\",stage=\"upscaler\",} 1")
          .contains("sluice_stage_tasks_in_flight{stage=\"upscaler\",} 0")
          .contains("sluice_stage_redeliveries_total{stage=\"upscaler\",} 0")
          .contains("sluice_stage_dead_letters_total{stage=\"upscaler\",} 0")
          .contains("sluice_stage_backlog{stage=\"upscaler\",}");
    } finally {
      service.stop(new ShutdownEvent());
    }
  }

  @Test
  void service_ofAPoolTakesItsTasksAndNoOthers() throws Exception {
    Upscaler upscaler = new Upscaler(new CountDownLatch(0), new ToyState());
    StageService service =
        service(
            List.of(upscaler),
            new Settings(folder, List.of("upscaler/large=toy", "upscaler/small=*"), "large"));
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, folder)) {
      TopicReader results = rig.results();
      service.start(new StartupEvent());
      awaitReady(service);
      Task elsewhere = Tasks.upscalerTask();
      Task own = Tasks.upscalerTask();

      write(rig, "sluice.upscaler.small", elsewhere);
      write(rig, "sluice.upscaler.large", own);

      assertThat(results.result(own.getHeader().getRequestId()).hasImage()).isTrue();
      assertThat(metrics.scrape())
          .contains("sluice_stage_task_seconds_count{outcome=\"done\",stage=\"upscaler\",} 1");
    } finally {
      service.stop(new ShutdownEvent());
    }
  }

  @Test
  void service_ofAPoolThatThereIsNotEnds() throws Exception {
    Upscaler upscaler = new Upscaler(new CountDownLatch(0), new ToyState());
    StageService service =
        service(List.of(upscaler), new Settings(folder, List.of("upscaler/large=toy"), "huge"));

    service.start(new StartupEvent());

    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    while (exits.isEmpty() && System.nanoTime() < end) {
      Deliveries.sleep(Duration.ofMillis(20));
    }
    assertThat(exits).containsExactly(1);
    service.stop(new ShutdownEvent());
  }

  private static void write(StageRig rig, String topic, Task task) {
    rig.write(
        topic,
        task.getHeader().getImageId().getBytes(StandardCharsets.UTF_8),
        task.toByteArray(),
        null);
  }

  @Test
  void service_thatEndsWhileItLoadsOpensNoDoor() throws Exception {
    CountDownLatch mayLoad = new CountDownLatch(1);
    StageService service = service(List.of(new Upscaler(mayLoad, new ToyState())));
    service.start(new StartupEvent());

    service.stop(new ShutdownEvent());
    mayLoad.countDown();

    Deliveries.sleep(Duration.ofSeconds(2));
    assertThat(service.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
  }

  @Test
  void service_withoutAStageIsReadyAtOnce() {
    StageService service = service(List.of());

    service.start(new StartupEvent());

    assertThat(service.call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
  }

  @Test
  void service_ofSeveralStagesIsReadyWithTheLastAndKeepsTheirTasksApart() throws Exception {
    CountDownLatch mayLoad = new CountDownLatch(1);
    StageService service =
        service(
            List.of(
                new Upscaler(new CountDownLatch(0), new ToyState()),
                new Refusing(Stage.DENOISER, mayLoad, new ToyState())));
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, folder)) {
      TopicReader results = rig.results();
      service.start(new StartupEvent());
      awaitOpen(service, Stage.UPSCALER);

      assertThat(service.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
      assertThatThrownBy(() -> service.grpc(Stage.DENOISER))
          .isInstanceOf(StatusRuntimeException.class);
      mayLoad.countDown();
      awaitReady(service);

      assertThat(service.call().getData().orElseThrow())
          .containsKeys("upscaler model sd15", "denoiser model sd15", "denoiser memory");
      assertThat(service.grpc(Stage.UPSCALER)).isNotSameAs(service.grpc(Stage.DENOISER));
      Task task = Tasks.upscalerTask();
      write(rig, Topics.tasks(Stage.UPSCALER), task);
      assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    } finally {
      service.stop(new ShutdownEvent());
    }
  }

  @Test
  void service_thatIsFullIsNotReadyAndEndsOnce() {
    CountDownLatch mayLoad = new CountDownLatch(0);
    ToyState state = new ToyState();
    StageService service = service(List.of(new Upscaler(mayLoad, state)));
    try {
      service.start(new StartupEvent());
      awaitReady(service);
      state.runFull("nothing is left");
      state.runFull("nothing is left");

      assertThat(service.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
      assertThat(service.call().getData().orElseThrow()).containsEntry("ends", "nothing is left");
      assertThat(exits).containsExactly(StageService.EXIT_FULL);
    } finally {
      service.stop(new ShutdownEvent());
    }
  }

  private static void awaitOpen(StageService service, Stage stage) {
    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    while (true) {
      try {
        service.grpc(stage);
        return;
      } catch (StatusRuntimeException e) {
        assertThat(System.nanoTime()).as("the stage was opened in time").isLessThan(end);
        Deliveries.sleep(Duration.ofMillis(50));
      }
    }
  }

  private static void awaitReady(StageService service) {
    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    while (service.call().getStatus() != HealthCheckResponse.Status.UP) {
      assertThat(System.nanoTime()).as("the service became ready in time").isLessThan(end);
      Deliveries.sleep(Duration.ofMillis(50));
    }
  }

  private StageService service(List<StageModule> modules) {
    return service(modules, new Settings(folder, List.of(), ""));
  }

  private StageService service(List<StageModule> modules, Settings settings) {
    return new StageService(
        () -> modules,
        settings,
        () -> new FolderBlobStore(folder),
        metrics,
        kafka.settings(),
        exits::add);
  }

  private record Settings(Path models, List<String> said, String own) implements StageConfig {

    @Override
    public Optional<List<String>> pools() {
      return Optional.of(said);
    }

    @Override
    public Optional<String> pool() {
      return Optional.of(own);
    }

    @Override
    public String blobs() {
      return models.toUri().toString();
    }

    @Override
    public int inlineLimit() {
      return StageRig.INLINE_LIMIT;
    }

    @Override
    public int slots() {
      return 1;
    }

    @Override
    public int checkpointEvery() {
      return 1;
    }

    @Override
    public Duration blobRetention() {
      return Duration.ofHours(1);
    }

    @Override
    public Duration lock() {
      return Duration.ofSeconds(15);
    }
  }
}
