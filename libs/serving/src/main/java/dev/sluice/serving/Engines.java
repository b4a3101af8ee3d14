package dev.sluice.serving;

import dev.sluice.catalog.LoadOptions;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.catalog.Precision;
import dev.sluice.catalog.Processor;
import dev.sluice.catalog.UnknownModelException;
import dev.sluice.catalog.UnusableModelException;
import dev.sluice.catalog.WeightPrecision;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.networks.Architectures;
import dev.sluice.pipeline.BatchLimit;
import dev.sluice.pipeline.CoreShare;
import dev.sluice.pipeline.StageEngine;
import dev.sluice.pipeline.StepBatcher;
import dev.sluice.stage.InvalidTaskException;
import dev.sluice.stage.StageSettings;
import dev.sluice.stage.StageState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines of one stage, by model. Those of the models that were there at the start are loaded
 * and warm; that of a model that was copied in since is loaded when it is first asked for. Safe for
 * use by several threads at once.
 */
@Dependent
public class Engines<E extends StageEngine> implements StageState {

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);
  private static final double NANOS_PER_SECOND = 1e9;

  private final StageSettings stage;
  private final ServingSettings serving;
  private final MeterRegistry metrics;
  private final Map<String, E> loaded = new LinkedHashMap<>();
  private final Map<String, ModelStatus> statuses = new ConcurrentSkipListMap<>();
  private volatile Runnable listener = () -> {};
  private ModelCatalog models;
  private BiFunction<ModelFolder, BatchLimit, E> loader;
  private BatchLimit limit;

  /** Engines by a service's settings; none is loaded yet. */
  public Engines(StageSettings stage, ServingSettings serving, MeterRegistry metrics) {
    this.stage = stage;
    this.serving = serving;
    this.metrics = metrics;
  }

  /**
   * Loads and warms up the models to be preloaded.
   *
   * @param wanted which pipelines have a use for this stage
   * @throws IllegalArgumentException if a model cannot be loaded that the settings name; one that
   *     merely lies there is logged and passed over
   */
  public void load(Predicate<PipelineClass> wanted, BiFunction<ModelFolder, BatchLimit, E> loader) {
    this.models = new ModelCatalog(stage.models(), Architectures::check);
    this.loader = loader;
    List<ModelFolder> own = toPreload(wanted);
    CoreShare share =
        serving.opThreads().isPresent()
            ? CoreShare.withOpThreads(serving.opThreads().getAsInt())
            : CoreShare.of(own);
    this.limit = share.settle(new BatchLimit(serving.batchRows(), serving.batchPixels()));
    LOG.info(
        "{} calls of a network side by side, {} threads for an operation",
        share.calls(),
        share.opThreads());
    LOG.info(RecipePrecision.sentence(serving.precision(), Processor.multipliesBfloat16()));
    own.forEach(model -> orPassOver(model.name(), () -> load(model)));
    if (loaded.isEmpty()) {
      LOG.warn(
          "There is no model that this stage has work with in {}", stage.models().toAbsolutePath());
    }
  }

  private List<ModelFolder> toPreload(Predicate<PipelineClass> wanted) {
    List<ModelFolder> own = new ArrayList<>();
    for (String name : serving.preload().orElseGet(models::names)) {
      orPassOver(
          name,
          () -> {
            ModelFolder model = models.open(name);
            if (wanted.test(model.pipeline())) {
              own.add(model);
              tell(ModelStatus.newBuilder().setName(name).setState(ModelStatus.State.ON_DEMAND));
            }
          });
    }
    return own;
  }

  /** What is wrong with a model that the settings do not name is no reason not to start. */
  private void orPassOver(String name, Runnable loading) {
    try {
      loading.run();
    } catch (IllegalArgumentException e) {
      if (serving.preload().isPresent()) {
        throw e;
      }
      tell(
          ModelStatus.newBuilder()
              .setName(name)
              .setState(ModelStatus.State.LEFT_OUT)
              .setReason(e.getMessage()));
      LOG.warn("Model {} cannot be served: {}", name, e.getMessage());
    }
  }

  /**
   * The engine of a model.
   *
   * @throws InvalidTaskException if there is no such model, or it cannot be loaded
   */
  public synchronized E of(String model) {
    E engine = loaded.get(model);
    if (engine != null) {
      return engine;
    }
    try {
      return load(models.open(model));
    } catch (UnknownModelException e) {
      throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", e.getMessage());
    } catch (UnusableModelException e) {
      throw new InvalidTaskException(ErrorCode.MODEL_UNUSABLE, "model", e.getMessage());
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("model", e.getMessage());
    }
  }

  private synchronized E load(ModelFolder model) {
    long start = System.nanoTime();
    tell(ModelStatus.newBuilder().setName(model.name()).setState(ModelStatus.State.LOADING));
    E engine = loader.apply(model.loading(loading()), limit);
    try {
      engine.warmUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      engine.close();
      throw new IllegalStateException("interrupted while warming up " + model.name(), e);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
    loaded.put(model.name(), engine);
    tell(ModelStatus.newBuilder().setName(model.name()).setState(ModelStatus.State.LOADED));
    engine.batchers().forEach(this::count);
    LOG.info(
        "Model {} is loaded and warm after {} s",
        model.name(),
        "%.1f".formatted((System.nanoTime() - start) / NANOS_PER_SECOND));
    return engine;
  }

  /** A task's header, with what there is to say in the picture's recipe of this stage. */
  public TaskHeader noted(TaskHeader header) {
    return RecipePrecision.noted(header, Precision.named(serving.precision()));
  }

  private LoadOptions loading() {
    return LoadOptions.DEFAULT
        .withPrecision(WeightPrecision.named(serving.weights()))
        .withProducts(Precision.named(serving.precision()))
        .withGraphs(serving.graphs());
  }

  private void count(StepBatcher batcher) {
    FunctionCounter.builder("sluice.network.calls", batcher, StepBatcher::calls)
        .description("Calls of a network that denoises")
        .tag("network", batcher.name())
        .register(metrics);
    FunctionCounter.builder("sluice.network.rows", batcher, StepBatcher::rows)
        .description("Rows in those calls: over calls, the mean size of a batch")
        .tag("network", batcher.name())
        .register(metrics);
  }

  private void tell(ModelStatus.Builder status) {
    statuses.put(status.getName(), status.build());
    listener.run();
  }

  @Override
  public void describe(StageStatus.Builder status) {
    status.addAllModels(statuses.values());
  }

  @Override
  public void onChange(Runnable listener) {
    this.listener = listener;
  }

  @PreDestroy
  synchronized void close() {
    loaded.values().forEach(StageEngine::close);
    loaded.clear();
  }
}
