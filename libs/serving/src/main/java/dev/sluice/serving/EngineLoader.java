package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.serving.memory.StoredPrecision;
import dev.sluice.serving.memory.WorkingMemory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes engines, each on a thread of its own, and says what came of it. */
final class EngineLoader<E extends StageEngine> {

  private static final Logger LOG = LoggerFactory.getLogger(EngineLoader.class);
  private static final double NANOS_PER_SECOND = 1e9;

  /** How long a model is left out for which there was no room. */
  private static final long NO_ROOM_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final EngineShelf<E> shelf;
  private final EngineKind<E> kind;
  private final ServingSettings settings;
  private final BatchLimit limit;
  private final Runnable changed;

  /**
   * @param limit of a network's calls, where memory does not set a lower one
   * @param changed told when a model's status is another
   */
  EngineLoader(
      EngineShelf<E> shelf,
      EngineKind<E> kind,
      ServingSettings settings,
      BatchLimit limit,
      Runnable changed) {
    this.shelf = shelf;
    this.kind = kind;
    this.settings = settings;
    this.limit = limit;
    this.changed = changed;
  }

  /** What requests to a model need, by its headers. */
  RequestNeeds needs(ModelFolder folder) {
    long weights = 0;
    for (String component : kind.components(folder)) {
      try (TensorSource tensors = folder.weights(component)) {
        weights += held(tensors).bytes();
      }
    }
    return shelf.needs(weights, kind.work(folder));
  }

  private StoredPrecision held(TensorSource weights) {
    return StoredPrecision.of(weights, WeightPrecision.named(settings.weights()));
  }

  /** Begins to load a model and returns at once. */
  void begin(ModelSlot<E> slot, ModelFolder folder) {
    Loaded<E> loaded = shelf.begin(slot);
    Thread loader = new Thread(() -> load(slot, loaded, folder), "load-" + slot.name);
    loader.setDaemon(true);
    loader.start();
    changed.run();
  }

  private void load(ModelSlot<E> slot, Loaded<E> loaded, ModelFolder folder) {
    long start = System.nanoTime();
    E engine = null;
    try {
      LoadingWatch<E> watch =
          new LoadingWatch<>(shelf, kind, slot, loaded, folder, this::held, changed);
      watch.admitAll();
      WorkingMemory work = kind.work(folder);
      engine =
          folder
              .loading(options())
              .watchedBy(watch)
              .load(model -> kind.load(model, limitFor(loaded, work)));
      if (folder.bytes() <= ModelFolder.SMALL_BYTES) {
        engine.warmUp();
      }
      if (!shelf.put(slot, loaded, engine, work)) {
        return;
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
    changed.run();
  }

  private LoadOptions options() {
    return LoadOptions.DEFAULT
        .withPrecision(WeightPrecision.named(settings.weights()))
        .withProducts(Precision.named(settings.precision()))
        .withGraphs(settings.graphs());
  }

  /** No call may be so large that its work does not fit beside the weights. */
  private BatchLimit limitFor(Loaded<E> loaded, WorkingMemory work) {
    return limit.atMost(work.values(shelf.beside(loaded)));
  }

  private void failed(ModelSlot<E> slot, Loaded<E> loaded, E engine, String why, long forgetAt) {
    if (engine != null) {
      engine.close();
    }
    shelf.failed(slot, loaded, why, forgetAt);
    LOG.warn("Model {} is left out: {}", slot.name, why);
  }
}
