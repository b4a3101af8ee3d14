package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.CoreShare;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageStoppedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a stage needs to run as in its service, with the recorded unCLIP as its only model. */
public final class StageTrial {

  /** A small unCLIP with random weights, and a generation of it that diffusers recorded. */
  public static final String MODEL = "pipe-unclip";

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  /** Few: engines look at every model that lies there. */
  private static final Path MODELS =
      linked(
          MODEL,
          "pipe-unclip-image-variation",
          "pipe-kandinsky22-prior",
          "pipe-sd",
          "pipe-dit",
          "pipe-sdxl",
          "pipe-sdxl-refiner");

  private StageTrial() {}

  private static Path linked(String... names) {
    try {
      Path folder = Files.createTempDirectory("sluice-models");
      folder.toFile().deleteOnExit();
      for (String name : names) {
        Path link = Files.createSymbolicLink(folder.resolve(name), GOLDENS.resolve(name));
        link.toFile().deleteOnExit();
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The recorded model. */
  public static ModelFolder model() {
    return model(MODEL);
  }

  /** The limit with which a stage loads it: the same rows in the same calls add up alike. */
  public static BatchLimit limit() {
    return CoreShare.of(List.of(model())).settle(BatchLimit.DEFAULT);
  }

  /** Another recorded model. */
  public static ModelFolder model(String name) {
    return ModelFolder.open(GOLDENS.resolve(name));
  }

  /** Engines of the recorded model, once a stage has loaded them. */
  public static <E extends StageEngine> Engines<E> engines() {
    return engines(MODELS, Optional.empty(), () -> Long.MAX_VALUE);
  }

  /**
   * As {@link #engines()}, of models elsewhere.
   *
   * @param memory for networks, in bytes
   * @param available what the machine has, in bytes
   */
  static <E extends StageEngine> Engines<E> engines(
      Path models, Optional<Long> memory, LongSupplier available) {
    return new Engines<>(
        new Stage(models, List.of(), ""),
        new Serving(memory),
        new SimpleMeterRegistry(),
        available);
  }

  /**
   * Engines of one pool of several.
   *
   * @param own the pool's name
   */
  static <E extends StageEngine> Engines<E> engines(Path models, List<String> pools, String own) {
    return new Engines<>(
        new Stage(models, pools, own),
        new Serving(Optional.empty()),
        new SimpleMeterRegistry(),
        () -> Long.MAX_VALUE);
  }

  /** Copies a recorded model to where a test may change it. */
  static Path copy(String model, Path models, String name) {
    Path source = GOLDENS.resolve(model);
    Path target = models.resolve(name);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  /** The header of a picture's task at the first stage. */
  public static TaskHeader header(long seed) {
    return TaskHeader.newBuilder()
        .setWorkId("trial")
        .setImageId("trial/0")
        .setModel(MODEL)
        .setSeed(seed)
        .build();
  }

  public static SamplingSettings sampling(int steps, double guidanceScale) {
    return SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale).build();
  }

  /** The tensors of a prompt and of the empty negative prompt. */
  public static Map<String, Tensor> text(String prompt) {
    try (TextEncoder text = Families.textEncoder(model(), BatchLimit.DEFAULT)) {
      return StageTensors.of(text.encode(Prompt.of(prompt)));
    }
  }

  /** The tensors of a prompt and of a negative prompt, as another recorded model has them. */
  public static Map<String, Tensor> text(String model, String prompt, String negative) {
    try (TextEncoder text = Families.textEncoder(model(model), BatchLimit.DEFAULT)) {
      return StageTensors.of(text.encode(Prompt.of(prompt).without(negative)));
    }
  }

  /** What was recorded of a model's run. */
  public static TensorSource golden(String model, String run) {
    return Checkpoints.open(GOLDENS.resolve(model).resolve(run + ".safetensors"));
  }

  /** Values that have nothing to do with each other, all in [-1, 1]. */
  public static HostTensor.Floats anyFloats(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) Math.sin(12.9898 * i);
    }
    return new HostTensor.Floats(values, shape);
  }

  /** Remembers what a stage tells. */
  public static final class Context implements StageContext {

    private final List<String> progress = new ArrayList<>();
    private final List<byte[]> previews = new CopyOnWriteArrayList<>();
    private final List<ComponentLoading> loadings = new CopyOnWriteArrayList<>();
    private final int checksUntilStop;
    private final byte[] reachedBefore;
    private Supplier<byte[]> reached;
    private final AtomicInteger left = new AtomicInteger();
    private byte[] leftBehind;
    private int checks;

    public Context() {
      this(Integer.MAX_VALUE);
    }

    /**
     * @param checksUntilStop after so many checks the task is to go on elsewhere
     */
    public Context(int checksUntilStop) {
      this(checksUntilStop, null);
    }

    private Context(int checksUntilStop, byte[] reachedBefore) {
      this.checksUntilStop = checksUntilStop;
      this.reachedBefore = reachedBefore;
    }

    /** Of an attempt at a task of which an earlier one has left something. */
    public static Context after(byte[] left) {
      return new Context(Integer.MAX_VALUE, left);
    }

    /** Of the next attempt at a task that was stopped. */
    public Context next() {
      return after(leftBehind);
    }

    @Override
    public void progress(int step, int total) {
      progress.add(step + "/" + total);
    }

    @Override
    public void loading(ComponentLoading loading) {
      loadings.add(loading);
    }

    @Override
    public Runnable leaveSlot() {
      left.incrementAndGet();
      return left::decrementAndGet;
    }

    @Override
    public void preview(int step, byte[] png) {
      previews.add(png);
    }

    @Override
    public Optional<byte[]> reached() {
      return Optional.ofNullable(reachedBefore);
    }

    @Override
    public void resumable(Supplier<byte[]> work) {
      reached = work;
    }

    @Override
    public void check() {
      if (checks++ >= checksUntilStop) {
        leftBehind = reached == null ? null : reached.get();
        throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
      }
    }

    /** What was told while the model was loaded. */
    public List<ComponentLoading> loadings() {
      return loadings;
    }

    /** How many slots this task has left to others and not taken again. */
    public int slotsLeft() {
      return left.get();
    }

    /** As {@code step/total}, in order. */
    public List<String> progress() {
      return progress;
    }

    public List<byte[]> previews() {
      return previews;
    }
  }

  private record Stage(Path models, List<String> said, String own) implements StageConfig {

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
      throw new UnsupportedOperationException("engines have nothing to do with blobs");
    }

    @Override
    public int inlineLimit() {
      return 1 << 20;
    }

    @Override
    public int slots() {
      return 1;
    }

    @Override
    public int checkpointEvery() {
      return 0;
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

  private record Serving(Optional<Long> bytes) implements ServingSettings {

    @Override
    public Optional<List<String>> preload() {
      return Optional.of(List.of());
    }

    @Override
    public Optional<MemorySize> memory() {
      return bytes.map(number -> new MemorySize(BigInteger.valueOf(number)));
    }

    @Override
    public int batchRows() {
      return 32;
    }

    @Override
    public long batchPixels() {
      return 1 << 20;
    }

    @Override
    public OptionalInt opThreads() {
      // As with small models only, whatever else lies beside the one that is tried.
      return OptionalInt.of(1);
    }

    @Override
    public String precision() {
      return "float32";
    }

    @Override
    public String weights() {
      return "auto";
    }

    @Override
    public int graphs() {
      return 16;
    }
  }
}
