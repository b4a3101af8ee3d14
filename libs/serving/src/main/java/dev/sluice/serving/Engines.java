package dev.sluice.serving;

import dev.sluice.catalog.LoadOptions;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.Precision;
import dev.sluice.catalog.Processor;
import dev.sluice.catalog.UnknownModelException;
import dev.sluice.catalog.WeightPrecision;
import dev.sluice.catalog.WeightsWatch;
import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.CoreShare;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.process.PictureMemory;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageState;
import dev.sluice.stage.work.StageStoppedException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines of one stage, by model: loaded when a task first asks, let go when memory is wanted
 * for others and nobody uses them, made anew when their files were replaced. What is wrong with one
 * model is remembered as long as its files stay as they are, and is no other model's concern. Safe
 * for use by several threads at once.
 */
@Dependent
public class Engines<E extends StageEngine> implements StageState {

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long POLL_MILLIS = 100;
  private static final long LOOK_MILLIS = 5000;

  /** How long a model is left out for which there was no room. */
  private static final long NO_ROOM_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long loading waits for others' work to end. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** What stays free of the machine's memory, for all that is no network. */
  private static final long RESERVE = 256L << 20;

  /** A picture asks for so many rows at once: with and without its condition. */
  private static final int ROWS = 2;

  private final StageConfig stage;
  private final ServingSettings serving;
  private final MeterRegistry metrics;
  private final LongSupplier available;
  private final PlannedFiles planned = new PlannedFiles();
  private final Object lock = new Object();
  private final Map<String, ModelSlot<E>> slots = new TreeMap<>();
  private final List<Loaded<E>> retired = new ArrayList<>();
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> fullListeners = new CopyOnWriteArrayList<>();
  private final MemoryBudget memory;
  private final Thread keeper = new Thread(this::keep, "engine-keeper");
  private ModelCatalog models;
  private EngineKind<E> kind;
  private BatchLimit limit;
  private boolean closed;

  /** Engines by a service's settings; none is loaded yet. */
  @Inject
  public Engines(StageConfig stage, ServingSettings serving, MeterRegistry metrics) {
    this(stage, serving, metrics, () -> ProcessMemory.available().orElse(Long.MAX_VALUE));
  }

  /**
   * @param available the memory that the machine could give now, in bytes
   */
  Engines(
      StageConfig stage, ServingSettings serving, MeterRegistry metrics, LongSupplier available) {
    this.stage = stage;
    this.serving = serving;
    this.metrics = metrics;
    this.available = available;
    ProcessMemory.settle();
    this.memory =
        new MemoryBudget(
            serving.memory().map(size -> size.asLongValue()).orElseGet(ProcessMemory::budget));
  }

  /**
   * Begins to serve models. Returns at once; those to be preloaded are loaded meanwhile, one after
   * the other.
   */
  public void open(EngineKind<E> kind) {
    this.models = new ModelCatalog(stage.models(), Architectures::check);
    this.kind = kind;
    CoreShare share =
        serving.opThreads().isPresent()
            ? CoreShare.withOpThreads(serving.opThreads().getAsInt())
            : CoreShare.of(List.copyOf(servable().values()));
    this.limit = share.settle(new BatchLimit(serving.batchRows(), serving.batchPixels()));
    LOG.info(
        "{} calls of a network side by side, {} threads for an operation, {} for networks",
        share.calls(),
        share.opThreads(),
        ByteCounts.text(memory.total()));
    LOG.info(RecipePrecision.sentence(serving.precision(), Processor.multipliesBfloat16()));
    keeper.setDaemon(true);
    keeper.start();
  }

  /** The models that this stage has work with, of those whose index can be read. */
  private Map<String, ModelFolder> servable() {
    Map<String, ModelFolder> servable = new TreeMap<>();
    for (String name : models.names()) {
      try {
        ModelFolder model = ModelFolder.open(stage.models().resolve(name));
        if (kind.serves(model.pipeline())) {
          servable.put(name, model);
        }
      } catch (RuntimeException e) {
        LOG.debug("{} is looked at again later", name, e);
      }
    }
    return servable;
  }

  /** Preloads, and then looks after models and memory for as long as the process lives. */
  private void keep() {
    try {
      for (String name : serving.preload().orElseGet(this::small)) {
        preload(name);
      }
      while (!isClosed()) {
        look();
        lookAtMemory();
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  private List<String> small() {
    long room = memory.total() / 4;
    List<String> small = new ArrayList<>();
    for (ModelFolder model : servable().values()) {
      long bytes = model.bytes();
      if (bytes <= Math.min(ModelFolder.SMALL_BYTES, room)) {
        room -= bytes;
        small.add(model.name());
      }
    }
    return small;
  }

  private void preload(String name) throws InterruptedException {
    try {
      ModelFolder folder = folder(name);
      if (!kind.serves(folder.pipeline())) {
        return;
      }
      synchronized (lock) {
        ModelSlot<E> slot = slot(name, folder.stamp());
        if (slot.state == ModelStatus.State.ON_DEMAND) {
          begin(slot, folder);
        }
        while (slot.state == ModelStatus.State.LOADING && !closed) {
          lock.wait(POLL_MILLIS);
        }
      }
    } catch (InvalidTaskException e) {
      LOG.debug("{} is not preloaded: {}", name, e.getMessage());
    }
  }

  /** Finds models that came, went or changed, so that the status tells of them. */
  private void look() {
    List<String> names = models.names();
    for (String name : names) {
      if (isClosed()) {
        return;
      }
      try {
        ModelFolder folder = models.open(name);
        if (!kind.serves(folder.pipeline())) {
          continue;
        }
        String stamp = folder.stamp();
        boolean fresh;
        synchronized (lock) {
          ModelSlot<E> slot = slot(name, stamp);
          slot.retryIfDue(System.nanoTime());
          fresh = slot.needs == null;
        }
        if (fresh) {
          RequestNeeds needs = needs(folder);
          synchronized (lock) {
            slot(name, stamp).needs = needs;
          }
          changed();
        }
      } catch (IllegalArgumentException e) {
        leaveOut(name, e.getMessage());
      } catch (RuntimeException e) {
        LOG.debug("{} could not be looked at", name, e);
      }
    }
    synchronized (lock) {
      for (ModelSlot<E> slot : List.copyOf(slots.values())) {
        if (!names.contains(slot.name)) {
          retire(slot);
          slots.remove(slot.name);
          changed();
        }
      }
    }
  }

  /** One line when a model is found wanting; its slot remembers. */
  private void leaveOut(String name, String why) {
    synchronized (lock) {
      ModelSlot<E> slot = slots.computeIfAbsent(name, ModelSlot::new);
      if (slot.state == ModelStatus.State.LEFT_OUT && slot.reason.equals(why)) {
        return;
      }
      retire(slot);
      slot.stamp = "";
      slot.leaveOut(why);
    }
    LOG.warn("Model {} is left out: {}", name, why);
    changed();
  }

  private RequestNeeds needs(ModelFolder folder) {
    long weights = 0;
    for (String component : kind.components(folder)) {
      weights += inMemory(folder, component);
    }
    return needs(weights, kind.work(folder));
  }

  private RequestNeeds needs(long weights, WorkingMemory work) {
    return RequestNeeds.newBuilder()
        .setFixedBytes(weights)
        .setBytesPerPixel(work.bytesPerPixel())
        .setMostPixels(work.mostPixels())
        .setAvailableBytes(memory.total())
        .build();
  }

  private long inMemory(ModelFolder folder, String component) {
    try (TensorSource weights = folder.weights(component)) {
      return held(weights).bytes();
    }
  }

  private StoredPrecision held(TensorSource weights) {
    return StoredPrecision.of(weights, WeightPrecision.named(serving.weights()));
  }

  /** A task's header, with what there is to say in the picture's recipe of this stage. */
  public TaskHeader noted(TaskHeader header) {
    return RecipePrecision.noted(header, Precision.named(serving.precision()));
  }

  /**
   * Refuses a task whose model's files are not those that its picture was planned with.
   *
   * @param stamp of the files that its engine was made from
   * @throws InvalidTaskException if the picture's recipe would name other weights
   */
  void requirePlanned(TaskHeader header, String stamp) {
    planned.check(header, folder(header.getModel()), stamp);
  }

  private LoadOptions loading() {
    return LoadOptions.DEFAULT
        .withPrecision(WeightPrecision.named(serving.weights()))
        .withProducts(Precision.named(serving.precision()))
        .withGraphs(serving.graphs());
  }

  /**
   * The engine of a model, and the memory for a picture. Waits while the model is loaded, and while
   * others' work takes the memory, for as long as the task is wanted.
   *
   * @throws InvalidTaskException if there is no such model, it cannot be served, or the picture can
   *     never fit
   * @throws StageStoppedException as {@link StageContext#check}
   */
  public Lease<E> lease(String model, PictureSize size, StageContext context) {
    LoadingTeller teller = new LoadingTeller(context);
    Waiting waiting = new Waiting(context);
    try {
      while (true) {
        ModelFolder folder = folder(model);
        String stamp = folder.stamp();
        ComponentLoading loading = ComponentLoading.getDefaultInstance();
        boolean loads;
        synchronized (lock) {
          ModelSlot<E> slot = slot(model, stamp);
          slot.retryIfDue(System.nanoTime());
          switch (slot.state) {
            case LOADED -> {
              Optional<Lease<E>> lease = lease(slot, size);
              if (lease.isPresent()) {
                return lease.get();
              }
            }
            case LEFT_OUT -> throw slot.unusable();
            case LOADING -> loading = slot.loading;
            default -> begin(slot, folder);
          }
          loads = slot.state == ModelStatus.State.LOADING;
          lock.wait(POLL_MILLIS);
        }
        waiting.is(loads);
        context.check();
        teller.tell(loading);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
    } finally {
      waiting.is(false);
    }
  }

  private ModelFolder folder(String name) {
    try {
      return models.open(name);
    } catch (UnknownModelException e) {
      throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", e.getMessage());
    } catch (IllegalArgumentException e) {
      leaveOut(name, e.getMessage());
      throw new InvalidTaskException(ErrorCode.MODEL_UNUSABLE, "model", e.getMessage());
    }
  }

  /** A model's slot; what it holds of other files than those of {@code stamp} is let go. */
  private ModelSlot<E> slot(String name, String stamp) {
    ModelSlot<E> slot = slots.computeIfAbsent(name, ModelSlot::new);
    if (!slot.stamp.equals(stamp)) {
      retire(slot);
      slot.reset();
      slot.needs = null;
      slot.stamp = stamp;
    }
    return slot;
  }

  /** Who uses the engine may end; it is closed then. */
  private void retire(ModelSlot<E> slot) {
    Loaded<E> loaded = slot.loaded;
    slot.loaded = null;
    if (loaded == null) {
      return;
    }
    loaded.retired = true;
    if (loaded.isIdle()) {
      free(loaded);
    } else {
      retired.add(loaded);
    }
  }

  private Optional<Lease<E>> lease(ModelSlot<E> slot, PictureSize size) {
    Loaded<E> loaded = slot.loaded;
    long row = loaded.work.row(size);
    long room = memory.total() - loaded.weightBytes();
    if (row > room) {
      throw tooLarge(loaded, loaded.work.pixels(size));
    }
    long work = Math.min(ROWS * row, room);
    while (!memory.fits(work) || work > freeNow()) {
      if (letGoOfOne(loaded)) {
        continue;
      }
      if (works()) {
        return Optional.empty();
      }
      throw InvalidTaskException.inField(
          "parameters",
          ("this picture needs about %s of memory, and other processes leave %s free on this"
                  + " machine now; a smaller one, or another time, will do")
              .formatted(ByteCounts.text(work), ByteCounts.text(freeNow())));
    }
    memory.beginWork(work);
    loaded.users++;
    return Optional.of(new Lease<>(loaded.engine, loaded.stamp, () -> release(loaded, work)));
  }

  private InvalidTaskException tooLarge(Loaded<E> loaded, PictureSize pixels) {
    RequestNeeds needs = needs(loaded.weightBytes(), loaded.work);
    return InvalidTaskException.inField(
        "parameters",
        PictureMemory.refusal(needs, Topics.name(kind.stage()), pixels.width(), pixels.height())
            .orElseThrow());
  }

  /** Whether any task is at work. */
  private boolean works() {
    return memory.used() > memory.weights()
        || slots.values().stream().anyMatch(slot -> slot.loaded != null && slot.loaded.users > 0)
        || !retired.isEmpty();
  }

  private long freeNow() {
    return Math.max(0, available.getAsLong() - RESERVE);
  }

  private void release(Loaded<E> loaded, long work) {
    synchronized (lock) {
      memory.endWork(work);
      loaded.users--;
      loaded.lastUsed = System.nanoTime();
      if (loaded.retired && loaded.isIdle()) {
        retired.remove(loaded);
        free(loaded);
      }
      lock.notifyAll();
    }
  }

  /** Closes the engine that nobody has used for longest; false if all are in use. */
  private boolean letGoOfOne(Loaded<E> except) {
    Optional<ModelSlot<E>> oldest =
        slots.values().stream()
            .filter(slot -> slot.state == ModelStatus.State.LOADED)
            .filter(slot -> slot.loaded != except && slot.loaded.isIdle())
            .min(Comparator.comparingLong(slot -> slot.loaded.lastUsed));
    oldest.ifPresent(
        slot -> {
          LOG.info("Model {} is let go, for its memory", slot.loaded);
          Loaded<E> loaded = slot.loaded;
          slot.reset();
          free(loaded);
          changed();
        });
    return oldest.isPresent();
  }

  private void free(Loaded<E> loaded) {
    loaded.meters.forEach(metrics::remove);
    memory.dropWeights(loaded.weightBytes());
    loaded.weights.clear();
    loaded.engine.close();
    lock.notifyAll();
  }

  private void begin(ModelSlot<E> slot, ModelFolder folder) {
    Loaded<E> loaded = new Loaded<>(slot.name, slot.stamp);
    slot.state = ModelStatus.State.LOADING;
    slot.loaded = loaded;
    slot.loading = ComponentLoading.getDefaultInstance();
    Thread loader = new Thread(() -> load(slot, loaded, folder), "load-" + slot.name);
    loader.setDaemon(true);
    loader.start();
    changed();
  }

  private void load(ModelSlot<E> slot, Loaded<E> loaded, ModelFolder folder) {
    long start = System.nanoTime();
    E engine = null;
    try {
      Watch watch = new Watch(slot, loaded, folder);
      watch.admitAll();
      WorkingMemory work = kind.work(folder);
      engine =
          folder
              .loading(loading())
              .watchedBy(watch)
              .load(model -> kind.load(model, limitFor(loaded, work)));
      if (folder.bytes() <= ModelFolder.SMALL_BYTES) {
        engine.warmUp();
      }
      synchronized (lock) {
        loaded.engine = engine;
        loaded.work = work;
        slot.needs = needs(loaded.weightBytes(), work);
        loaded.lastUsed = System.nanoTime();
        if (closed || loaded.retired) {
          retired.remove(loaded);
          free(loaded);
          return;
        }
        engine.batchers().forEach(batcher -> count(loaded, batcher));
        slot.state = ModelStatus.State.LOADED;
        lock.notifyAll();
      }
      LOG.info(
          "Model {} is loaded after {} s",
          loaded,
          "%.1f".formatted((System.nanoTime() - start) / NANOS_PER_SECOND));
    } catch (NoRoomException e) {
      failed(slot, loaded, engine, e.getMessage(), System.nanoTime() + NO_ROOM_NANOS);
    } catch (IllegalArgumentException e) {
      failed(slot, loaded, engine, e.getMessage(), Long.MAX_VALUE);
    } catch (NonFiniteOutputException e) {
      failed(
          slot,
          loaded,
          engine,
          "Model %s cannot be served: %s".formatted(slot.name, e.getMessage()),
          Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(slot, loaded, engine, "loading was interrupted", System.nanoTime());
    } catch (Throwable e) {
      LOG.error("Model {} cannot be loaded", slot.name, e);
      failed(
          slot,
          loaded,
          engine,
          "Model %s cannot be loaded; the log of the service says why".formatted(slot.name),
          Long.MAX_VALUE);
    }
    changed();
  }

  private void failed(ModelSlot<E> slot, Loaded<E> loaded, E engine, String why, long forgetAt) {
    if (engine != null) {
      engine.close();
    }
    synchronized (lock) {
      retired.remove(loaded);
      memory.dropWeights(loaded.weightBytes());
      loaded.weights.clear();
      if (slot.loaded == loaded) {
        slot.leaveOut(why, forgetAt);
      }
      lock.notifyAll();
    }
    LOG.warn("Model {} is left out: {}", slot.name, why);
  }

  /** No call may be so large that its work does not fit beside the weights. */
  private BatchLimit limitFor(Loaded<E> loaded, WorkingMemory work) {
    synchronized (lock) {
      return limit.atMost(work.values(memory.total() - loaded.weightBytes()));
    }
  }

  private void count(Loaded<E> loaded, StepBatcher batcher) {
    loaded.meters.add(
        FunctionCounter.builder("sluice.network.calls", batcher, StepBatcher::calls)
            .description("Calls of a network that denoises")
            .tag("network", batcher.name())
            .register(metrics));
    loaded.meters.add(
        FunctionCounter.builder("sluice.network.rows", batcher, StepBatcher::rows)
            .description("Rows in those calls: over calls, the mean size of a batch")
            .tag("network", batcher.name())
            .register(metrics));
  }

  /** There is no room for a model now. */
  private static final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRoomException(String message) {
      super(message);
    }
  }

  /** Asks for the memory of what is loaded, and tells how far that is. */
  private final class Watch implements WeightsWatch {

    private final ModelFolder folder;
    private final ModelSlot<E> slot;
    private final Loaded<E> loaded;
    private long bytes;
    private long total;

    Watch(ModelSlot<E> slot, Loaded<E> loaded, ModelFolder folder) {
      this.folder = folder;
      this.slot = slot;
      this.loaded = loaded;
    }

    /** Everything at once, so that two that load side by side do not each get half. */
    void admitAll() throws InterruptedException {
      List<String> components = kind.components(folder);
      long weights = 0;
      for (String component : components) {
        try (TensorSource source = folder.weights(component)) {
          weights += hold(component, source);
        }
      }
      long own = kind.work(folder).row(PictureSize.OWN);
      if (weights + own > memory.total()) {
        throw new IllegalArgumentException(
            "Model %s needs about %s of memory here; there are %s"
                .formatted(
                    slot.name, ByteCounts.text(weights + own), ByteCounts.text(memory.total())));
      }
      makeRoom(weights, own);
    }

    private long hold(String component, TensorSource source) {
      StoredPrecision held = held(source);
      long own = held.bytes();
      synchronized (lock) {
        loaded.weights.put(component, own);
        loaded.precisions.add(held.label());
        memory.holdWeights(own);
        total += stored(source);
      }
      return own;
    }

    private long stored(TensorSource source) {
      return source.names().stream().mapToLong(name -> source.info(name).byteLength()).sum();
    }

    /** The weights are accounted for already. */
    private void makeRoom(long weights, long work) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE_NANOS;
      synchronized (lock) {
        while (!memory.fits(0) || weights + work > freeNow()) {
          if (letGoOfOne(loaded)) {
            continue;
          }
          if (!works() || System.nanoTime() - end > 0) {
            throw new NoRoomException(
                "Model %s needs about %s of memory here; %s are free now"
                    .formatted(
                        slot.name,
                        ByteCounts.text(weights + work),
                        ByteCounts.text(
                            Math.min(
                                freeNow(),
                                Math.max(0, memory.total() - memory.used() + weights)))));
          }
          lock.wait(POLL_MILLIS);
        }
      }
    }

    @Override
    public TensorSource opened(String component, TensorSource source) {
      if (!folder.stamp().equals(loaded.stamp)) {
        throw new IllegalArgumentException(
            "Model %s was replaced while it was loaded; ask again".formatted(slot.name));
      }
      boolean known;
      synchronized (lock) {
        known = loaded.weights.containsKey(component);
      }
      if (!known) {
        long own = hold(component, source);
        try {
          makeRoom(own, 0);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while a component was loaded", e);
        } catch (NoRoomException e) {
          synchronized (lock) {
            loaded.weights.remove(component);
            memory.dropWeights(own);
          }
          throw InvalidTaskException.inField("model", e.getMessage());
        }
      }
      return new WatchedTensors(source, read -> progressed(component, read));
    }

    private void progressed(String component, long read) {
      synchronized (lock) {
        bytes += read;
        slot.loading =
            ComponentLoading.newBuilder()
                .setComponent(component)
                .setBytes(Math.min(bytes, total))
                .setTotal(total)
                .build();
      }
      changed();
    }
  }

  /**
   * TensorFlow gives back what it does not need, but not always. A process that holds more than it
   * may when nobody works says so and is started anew.
   */
  private void lookAtMemory() {
    long resident = ProcessMemory.residentOfNetworks();
    synchronized (lock) {
      if (resident <= memory.total() || works()) {
        return;
      }
      if (letGoOfOne(null)) {
        return;
      }
    }
    full(
        "the memory is full: %s are taken when nothing is at work, and %s may be"
            .formatted(ByteCounts.text(resident), ByteCounts.text(memory.total())));
  }

  /** An attempt to take memory failed. */
  public void full(String reason) {
    fullListeners.forEach(listener -> listener.accept(reason));
  }

  private void changed() {
    changeListeners.forEach(Runnable::run);
  }

  @Override
  public void describe(StageStatus.Builder status) {
    synchronized (lock) {
      slots.values().forEach(slot -> status.addModels(slot.status()));
      status.setMemory(
          MemoryStatus.newBuilder()
              .setBudget(memory.total())
              .setUsed(memory.used())
              .setResident(ProcessMemory.resident()));
    }
  }

  @Override
  public void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  @Override
  public void onFull(Consumer<String> listener) {
    fullListeners.add(listener);
  }

  @PreDestroy
  void close() {
    keeper.interrupt();
    synchronized (lock) {
      closed = true;
      for (ModelSlot<E> slot : slots.values()) {
        if (slot.state == ModelStatus.State.LOADED) {
          free(slot.loaded);
        }
      }
      slots.clear();
      retired.stream().filter(loaded -> loaded.engine != null).toList().forEach(this::free);
      retired.clear();
      lock.notifyAll();
    }
  }
}
