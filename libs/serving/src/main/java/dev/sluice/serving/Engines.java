package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.Processor;
import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.CoreShare;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.memory.MemoryBudget;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.serving.memory.ProcessMemory;
import dev.sluice.serving.memory.SharedMemory;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.StagePools;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StageState;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageStoppedException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
public class Engines<E extends StageEngine> implements StageState, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

  private final StageConfig stage;
  private final ServingSettings serving;
  private final PlannedFiles planned = new PlannedFiles();
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> fullListeners = new CopyOnWriteArrayList<>();
  private final SharedMemory machine;
  private final EngineShelf<E> shelf;
  private EngineKind<E> kind;
  private StageModels models;
  private EngineLoader<E> loader;
  private Thread keeper;

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
    ProcessMemory.settle();
    MemoryBudget memory =
        new MemoryBudget(
            serving.memory().map(size -> size.asLongValue()).orElseGet(ProcessMemory::budget));
    this.machine = new SharedMemory(available, this::changed);
    this.shelf = new EngineShelf<>(memory, machine, metrics, this::changed);
  }

  /**
   * Begins to serve models. Returns at once; those to be preloaded are loaded meanwhile, one after
   * the other.
   */
  public void open(EngineKind<E> kind) {
    this.kind = kind;
    Pools pools = StagePools.of(stage);
    Pool own = StagePools.own(stage, kind.stage());
    this.models =
        new StageModels(
            stage.models(),
            model -> pools.serving(kind.stage(), model).filter(own::equals).isPresent(),
            kind,
            shelf,
            this::changed);
    CoreShare share =
        serving.opThreads().isPresent()
            ? CoreShare.withOpThreads(serving.opThreads().getAsInt())
            : CoreShare.of(List.copyOf(models.servable().values()));
    BatchLimit limit = share.settle(new BatchLimit(serving.batchRows(), serving.batchPixels()));
    this.loader = new EngineLoader<>(shelf, kind, serving, limit, this::changed);
    LOG.info(
        "{} calls of a network side by side, {} threads for an operation, {} for networks",
        share.calls(),
        share.opThreads(),
        ByteCounts.text(shelf.total()));
    LOG.info(RecipePrecision.sentence(serving.precision(), Processor.multipliesBfloat16()));
    keeper =
        new Thread(
            new EngineKeeper<>(
                shelf, kind, loader, models, serving.preload(), this::changed, this::full),
            "engine-keeper");
    keeper.setDaemon(true);
    keeper.start();
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
    planned.check(header, models.open(header.getModel()), stamp);
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
        ModelFolder folder = models.open(model);
        String stamp = folder.stamp();
        ComponentLoading loading = ComponentLoading.getDefaultInstance();
        boolean loads;
        synchronized (shelf) {
          ModelSlot<E> slot = shelf.slot(model, stamp);
          slot.retryIfDue(System.nanoTime());
          switch (slot.state) {
            case LOADED -> {
              Optional<Lease<E>> lease = shelf.lease(slot, size, kind.stage());
              if (lease.isPresent()) {
                return lease.get();
              }
            }
            case LEFT_OUT -> throw slot.unusable();
            case LOADING -> loading = slot.loading;
            default -> loader.begin(slot, folder);
          }
          loads = slot.state == ModelStatus.State.LOADING;
          shelf.wait(EngineShelf.POLL_MILLIS);
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

  /** An attempt to take memory failed. */
  public void full(String reason) {
    fullListeners.forEach(listener -> listener.accept(reason));
  }

  private void changed() {
    changeListeners.forEach(Runnable::run);
  }

  @Override
  public void describe(StageStatus.Builder status) {
    shelf.describe(status);
  }

  @Override
  public void meet(Neighbours neighbours) {
    machine.meet(neighbours);
  }

  @Override
  public void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  @Override
  public void onFull(Consumer<String> listener) {
    fullListeners.add(listener);
  }

  /** Lets go of all engines. */
  @PreDestroy
  @Override
  public void close() {
    if (keeper != null) {
      keeper.interrupt();
    }
    shelf.close();
  }
}
