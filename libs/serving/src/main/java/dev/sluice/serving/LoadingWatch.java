package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.loading.WeightsWatch;
import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.serving.memory.StoredPrecision;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.function.Function;

/** Asks for the memory of a model that is loaded, and tells how far that is. */
final class LoadingWatch<E extends StageEngine> implements WeightsWatch {

  private final EngineShelf<E> shelf;
  private final EngineKind<E> kind;
  private final ModelSlot<E> slot;
  private final Loaded<E> loaded;
  private final ModelFolder folder;
  private final Function<TensorSource, StoredPrecision> held;
  private final Runnable changed;
  private long bytes;
  private long total;

  /**
   * @param held how weights are held in memory
   * @param changed told when there is more to tell
   */
  LoadingWatch(
      EngineShelf<E> shelf,
      EngineKind<E> kind,
      ModelSlot<E> slot,
      Loaded<E> loaded,
      ModelFolder folder,
      Function<TensorSource, StoredPrecision> held,
      Runnable changed) {
    this.shelf = shelf;
    this.kind = kind;
    this.slot = slot;
    this.loaded = loaded;
    this.folder = folder;
    this.held = held;
    this.changed = changed;
  }

  /**
   * Asks for everything at once, so that two that load side by side do not each get half.
   *
   * @throws IllegalArgumentException if the model can never fit
   * @throws NoRoomException if it does not fit now
   */
  void admitAll() throws InterruptedException {
    long weights = 0;
    for (String component : kind.components(folder)) {
      try (TensorSource source = folder.weights(component)) {
        weights += hold(component, source);
      }
    }
    long work = kind.work(folder).row(PictureSize.OWN);
    if (weights + work > shelf.total()) {
      throw new IllegalArgumentException(
          "Model %s needs about %s of memory here; there are %s"
              .formatted(
                  loaded.model, ByteCounts.text(weights + work), ByteCounts.text(shelf.total())));
    }
    shelf.makeRoom(loaded, weights, work);
  }

  private long hold(String component, TensorSource source) {
    long stored = source.names().stream().mapToLong(name -> source.info(name).byteLength()).sum();
    synchronized (shelf) {
      total += stored;
      return shelf.hold(loaded, component, held.apply(source));
    }
  }

  @Override
  public TensorSource opened(String component, TensorSource source) {
    if (!folder.stamp().equals(loaded.stamp)) {
      throw new IllegalArgumentException(
          "Model %s was replaced while it was loaded; ask again".formatted(loaded.model));
    }
    if (!shelf.holds(loaded, component)) {
      admit(component, source);
    }
    return new WatchedTensors(source, read -> progressed(component, read));
  }

  /** A component that is only loaded when a request needs it. */
  private void admit(String component, TensorSource source) {
    long weights = hold(component, source);
    try {
      shelf.makeRoom(loaded, weights, 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a component was loaded", e);
    } catch (NoRoomException e) {
      shelf.drop(loaded, component);
      throw InvalidTaskException.inField("model", e.getMessage());
    }
  }

  private void progressed(String component, long read) {
    synchronized (shelf) {
      bytes += read;
      slot.loading =
          ComponentLoading.newBuilder()
              .setComponent(component)
              .setBytes(Math.min(bytes, total))
              .setTotal(total)
              .build();
    }
    changed.run();
  }
}
