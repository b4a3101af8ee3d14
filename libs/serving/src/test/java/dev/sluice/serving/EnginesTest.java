package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.serving.memory.WorkingMemory;
import dev.sluice.stage.process.Machine;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines of text encoders, the smallest there are. */
class EnginesTest {

  private static final String WEIGHTS = "text_encoder/model.safetensors";

  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicLong available = new AtomicLong(Long.MAX_VALUE);
  private final StatusBoard board = new StatusBoard();
  private volatile CountDownLatch mayLoad = new CountDownLatch(0);
  private volatile CountDownLatch mayEnd = new CountDownLatch(0);
  private double bytesPerPixel;
  private Engines<TextEncoder> engines;

  @TempDir private Path models;

  private final EngineKind<TextEncoder> kind =
      new EngineKind<>() {
        @Override
        public Stage stage() {
          return Stage.TEXT_ENCODER;
        }

        @Override
        public boolean serves(PipelineClass pipeline) {
          return pipeline.takesText();
        }

        @Override
        public TextEncoder load(ModelFolder model, BatchLimit limit) {
          loads.incrementAndGet();
          try {
            mayLoad.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          TextEncoder encoder = Families.textEncoder(model, BatchLimit.DEFAULT);
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return encoder;
        }

        @Override
        public List<String> components(ModelFolder model) {
          return List.of("text_encoder");
        }

        @Override
        public WorkingMemory work(ModelFolder model) {
          return new WorkingMemory(
              bytesPerPixel, 2 * bytesPerPixel, 1, PictureSize.pixels(8, 8), Long.MAX_VALUE);
        }
      };

  private void open(Optional<Long> memory) {
    engines = StageTrial.engines(models, memory, available::get);
    engines.open(kind);
  }

  private void copy(String name) {
    StageTrial.copy(StageTrial.MODEL, models, name);
  }

  @AfterEach
  void close() {
    engines.close();
  }

  private Lease<TextEncoder> lease(String model) {
    return engines.lease(model, PictureSize.OWN, new StageTrial.Context());
  }

  private ModelStatus status(String model) {
    StageStatus.Builder status = StageStatus.newBuilder();
    engines.describe(status);
    return status.getModelsList().stream()
        .filter(one -> one.getName().equals(model))
        .findFirst()
        .orElse(ModelStatus.getDefaultInstance());
  }

  @Test
  void models_ofOtherPoolsAreNotThere() {
    copy("own");
    copy("other");
    engines =
        StageTrial.engines(
            models, List.of("text-encoder/large=own", "text-encoder/small=*"), "large");
    engines.open(kind);

    lease("own").close();
    assertThatThrownBy(() -> lease("other"))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND));
    assertThat(status("own").getState()).isEqualTo(ModelStatus.State.LOADED);
    assertThat(status("other")).isEqualTo(ModelStatus.getDefaultInstance());
  }

  private long used() {
    return memory().getUsed();
  }

  private MemoryStatus memory() {
    StageStatus.Builder status = StageStatus.newBuilder();
    engines.describe(status);
    return status.getMemory();
  }

  private static float[] values(TextEncoder encoder) {
    return ((HostTensor.Floats) encoder.encode(Prompt.of("a horse")).get(TensorNames.TEXT_EMBEDS))
        .values();
  }

  @Test
  void lease_loadsAModelWhenItIsFirstAskedForAndKeepsIt() {
    copy("one");
    open(Optional.empty());
    StageTrial.Context context = new StageTrial.Context();
    TextEncoder first;
    try (Lease<TextEncoder> lease = engines.lease("one", PictureSize.OWN, context)) {
      first = lease.engine();
    }
    try (Lease<TextEncoder> lease = lease("one")) {
      assertThat(lease.engine()).isSameAs(first);
    }
    assertThat(loads).hasValue(1);
    assertThat(status("one").getState()).isEqualTo(ModelStatus.State.LOADED);
    assertThat(status("one").getWeightBytes()).isPositive();
    assertThat(status("one").getPrecision()).isEqualTo("float32");
  }

  @Test
  void lease_saysThatThereIsNoSuchModel() {
    copy("one");
    open(Optional.empty());

    assertThatThrownBy(() -> lease("../one"))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
              assertThat(e.field()).isEqualTo("model");
              assertThat(e).hasMessageContaining("one");
            });
  }

  @Test
  void lease_ofABrokenModelIsRefusedAtOnceAndOthersAreServed() throws IOException {
    copy("broken");
    copy("good");
    truncate("broken");
    open(Optional.empty());

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> lease("broken"))
          .isInstanceOfSatisfying(
              InvalidTaskException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNUSABLE))
          .hasMessageContaining("model.safetensors")
          .hasMessageNotContaining(models.toString());
    }
    assertThat(loads).hasValue(0);
    assertThat(status("broken").getState()).isEqualTo(ModelStatus.State.LEFT_OUT);
    assertThat(status("broken").getReason()).contains("model.safetensors");
    lease("good").close();
  }

  @Test
  void lease_servesAModelThatWasMended() throws IOException {
    copy("one");
    Path weights = models.resolve("one").resolve(WEIGHTS);
    Path whole = models.resolve("whole");
    Files.copy(weights, whole);
    truncate("one");
    open(Optional.empty());
    assertThatThrownBy(() -> lease("one")).isInstanceOf(InvalidTaskException.class);

    Files.move(whole, weights, StandardCopyOption.REPLACE_EXISTING);

    lease("one").close();
  }

  private void truncate(String model) throws IOException {
    try (FileChannel file =
        FileChannel.open(models.resolve(model).resolve(WEIGHTS), StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
  }

  @Test
  void lease_remembersALoadThatFailedUntilTheFilesChange() throws IOException {
    copy("one");
    Path tokenizer = models.resolve("one/tokenizer/vocab.json");
    String whole = Files.readString(tokenizer);
    Files.writeString(tokenizer, "{}");
    open(Optional.empty());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> lease("one"))
          .isInstanceOfSatisfying(
              InvalidTaskException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNUSABLE));
    }
    assertThat(loads.get()).isLessThanOrEqualTo(1);
    assertThat(used()).isZero();

    Files.writeString(tokenizer, whole);
    lease("one").close();
  }

  @Test
  void lease_givesTheEngineOfTheFilesThatAreThere() throws IOException {
    copy("one");
    StageTrial.copy("pipe-unclip-image-variation", models, "other");
    open(Optional.empty());
    float[] before;
    TextEncoder old;
    try (Lease<TextEncoder> held = lease("one")) {
      old = held.engine();
      before = values(old);
      Path weights = models.resolve("one").resolve(WEIGHTS);
      Files.copy(
          models.resolve("other").resolve(WEIGHTS), weights, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(weights, FileTime.fromMillis(1));

      try (Lease<TextEncoder> lease = lease("one")) {
        assertThat(lease.stamp()).isNotEqualTo(held.stamp());
        assertThat(values(lease.engine())).isNotEqualTo(before);
      }
      assertThat(values(old)).as("who uses the old one may end").isEqualTo(before);
    }
    assertThat(used()).as("the old one is let go").isEqualTo(status("one").getWeightBytes());
  }

  @Test
  void lease_letsGoOfTheLeastUsedWhenMemoryIsWanted() {
    for (String name : List.of("one", "two", "three")) {
      copy(name);
    }
    open(Optional.empty());
    lease("one").close();
    long weights = used();
    engines.close();

    open(Optional.of(2 * weights + weights / 2));
    for (String name : List.of("one", "two", "one", "three")) {
      lease(name).close();
      assertThat(used()).isLessThanOrEqualTo(2 * weights);
    }
    assertThat(status("one").getState()).isEqualTo(ModelStatus.State.LOADED);
    assertThat(status("two").getState()).isEqualTo(ModelStatus.State.ON_DEMAND);
    assertThat(status("three").getState()).isEqualTo(ModelStatus.State.LOADED);
  }

  @Test
  void lease_refusesAModelThatCanNeverFit() {
    copy("one");
    open(Optional.of(1000L));

    assertThatThrownBy(() -> lease("one"))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNUSABLE))
        .hasMessageContaining("needs about")
        .hasMessageContaining("1.0 kB");
    assertThat(loads).hasValue(0);
  }

  @Test
  void lease_refusesAModelWhileTheMachineIsFull() {
    copy("one");
    available.set(0);
    open(Optional.empty());

    assertThatThrownBy(() -> lease("one"))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("0 bytes are free now");
  }

  @Test
  void lease_waitsForMemoryThatNeighboursLeave() throws InterruptedException {
    copy("one");
    available.set(0);
    engines = StageTrial.engines(models, Optional.empty(), available::get);
    neighbour(0, 5);
    engines.open(kind);
    CountDownLatch done = new CountDownLatch(1);
    Thread waiting =
        new Thread(
            () -> {
              lease("one").close();
              done.countDown();
            });
    waiting.start();
    while (memory().getWanted() == 0) {
      Thread.sleep(20);
    }
    assertThat(done.getCount()).as("it waits").isEqualTo(1);

    available.set(Long.MAX_VALUE);
    waiting.join();
    assertThat(done.getCount()).isZero();
    assertThat(memory().getWanted()).isZero();
  }

  @Test
  void weightsThatNobodyUses_areLetGoWhenANeighbourWaitsForMemory() throws InterruptedException {
    copy("one");
    available.set(2_000_000_000L);
    open(Optional.empty());
    lease("one").close();
    neighbour(1_000_000_000L, 0);
    Thread.sleep(1500);
    assertThat(status("one").getState()).as("enough is free").isEqualTo(ModelStatus.State.LOADED);

    neighbour(3_000_000_000L, 0);
    while (status("one").getState() == ModelStatus.State.LOADED) {
      Thread.sleep(20);
    }
    assertThat(used()).isZero();
    neighbour(0, 0);
    lease("one").close();
    assertThat(loads).hasValue(2);
  }

  /**
   * Another worker of this machine, as it tells of itself.
   *
   * @param wanted bytes that it waits for
   * @param work bytes that its work takes
   */
  private void neighbour(long wanted, long work) {
    board.take(
        "neighbour",
        StageStatus.newBuilder()
            .setStage(Stage.DENOISER)
            .setWorker("neighbour")
            .setValidFor(Durations.fromSeconds(60))
            .setMemory(
                MemoryStatus.newBuilder()
                    .setMachine(Machine.name())
                    .setWanted(wanted)
                    .setUsed(work))
            .build());
    engines.meet(new Neighbours(board, Stage.TEXT_ENCODER, "self"));
  }

  @Test
  void lease_refusesAPictureThatCanNeverFit() {
    bytesPerPixel = 1000;
    copy("one");
    open(Optional.of(20_000_000L));

    assertThatThrownBy(
            () -> engines.lease("one", PictureSize.pixels(512, 512), new StageTrial.Context()))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining("512x512 needs about")
        .hasMessageContaining("the text-encoder has 20 MB: at most 128x128");
    engines.lease("one", PictureSize.pixels(64, 64), new StageTrial.Context()).close();
    assertThat(used()).isEqualTo(status("one").getWeightBytes());
  }

  /** It is encoded first, which takes more. */
  @Test
  void lease_refusesAPictureThatIsGivenAndCanNeverFit() {
    bytesPerPixel = 1000;
    copy("one");
    open(Optional.of(20_000_000L));

    engines.lease("one", PictureSize.pixels(128, 128), new StageTrial.Context()).close();
    assertThatThrownBy(
            () -> engines.lease("one", PictureSize.given(128, 128), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("128x128 needs about 33 MB")
        .hasMessageContaining("at most 64x64");
  }

  @Test
  void lease_waitsForMemoryThatOthersWorkTakes() throws InterruptedException {
    bytesPerPixel = 1000;
    copy("one");
    open(Optional.of(20_000_000L));
    PictureSize large = PictureSize.pixels(96, 96);
    Lease<TextEncoder> held = engines.lease("one", large, new StageTrial.Context());
    CountDownLatch done = new CountDownLatch(1);
    Thread second =
        new Thread(
            () -> {
              engines.lease("one", large, new StageTrial.Context()).close();
              done.countDown();
            });
    second.start();
    second.join(300);
    assertThat(done.getCount()).as("it waits").isEqualTo(1);

    held.close();
    done.await();
    second.join();
  }

  @Test
  void lease_thatWaitsForALoadCanBeStoppedAndOthersGoOn() {
    copy("one");
    copy("two");
    open(Optional.empty());
    lease("two").close();
    mayLoad = new CountDownLatch(1);

    assertThatThrownBy(() -> engines.lease("one", PictureSize.OWN, new StageTrial.Context(3)))
        .isInstanceOf(StageStoppedException.class);
    assertThat(status("one").getState()).isEqualTo(ModelStatus.State.LOADING);
    lease("two").close();

    mayLoad.countDown();
    lease("one").close();
    assertThat(loads).as("one loading for all who ask").hasValue(2);
  }

  @Test
  void lease_tellsHowFarLoadingIs() throws InterruptedException {
    copy("one");
    open(Optional.empty());
    mayEnd = new CountDownLatch(1);
    StageTrial.Context context = new StageTrial.Context();
    Thread asker = new Thread(() -> engines.lease("one", PictureSize.OWN, context).close());
    asker.start();
    while (context.loadings().isEmpty()) {
      asker.join(20);
    }
    assertThat(context.slotsLeft()).as("others may work meanwhile").isEqualTo(1);
    mayEnd.countDown();
    asker.join();
    assertThat(context.slotsLeft()).isZero();

    ComponentLoading last = context.loadings().get(context.loadings().size() - 1);
    assertThat(last.getComponent()).isEqualTo("text_encoder");
    assertThat(last.getBytes()).isPositive().isLessThanOrEqualTo(last.getTotal());
    assertThat(status("one").getNeeds().getFixedBytes()).isEqualTo(used());
  }
}
