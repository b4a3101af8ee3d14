package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.memory.ProcessMemory;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a stage's models for as long as the process lives: preloads some, finds those that
 * came, went or changed, and says when memory does not come back.
 */
final class EngineKeeper<E extends StageEngine> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(EngineKeeper.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often to see whether others want memory; what they ask for comes at most as often. */
  private static final long SHARE_MILLIS = 250;

  private final EngineShelf<E> shelf;
  private final EngineKind<E> kind;
  private final EngineLoader<E> loader;
  private final StageModels models;
  private final Optional<List<String>> preload;
  private final Runnable changed;
  private final Consumer<String> full;

  /**
   * @param preload the models to load at once; all small ones without
   * @param changed told when a model's status is another
   * @param full told when memory is taken that should have come back
   */
  EngineKeeper(
      EngineShelf<E> shelf,
      EngineKind<E> kind,
      EngineLoader<E> loader,
      StageModels models,
      Optional<List<String>> preload,
      Runnable changed,
      Consumer<String> full) {
    this.shelf = shelf;
    this.kind = kind;
    this.loader = loader;
    this.models = models;
    this.preload = preload;
    this.changed = changed;
    this.full = full;
  }

  @Override
  public void run() {
    try {
      for (String name : preload.orElseGet(this::small)) {
        preload(name);
      }
      while (!shelf.isClosed()) {
        look();
        lookAtMemory();
        long next = System.nanoTime() + LOOK_NANOS;
        while (System.nanoTime() - next < 0) {
          shelf.leaveRoom();
          Thread.sleep(SHARE_MILLIS);
        }
      }
    } catch (InterruptedException | StageStoppedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> small() {
    long room = shelf.total() / 4;
    List<String> small = new ArrayList<>();
    for (ModelFolder model : models.servable().values()) {
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
      ModelFolder folder = models.open(name);
      if (!kind.serves(folder.pipeline())) {
        return;
      }
      synchronized (shelf) {
        ModelSlot<E> slot = shelf.slot(name, folder.stamp());
        if (slot.state == ModelStatus.State.ON_DEMAND) {
          loader.begin(slot, folder);
        }
        while (slot.state == ModelStatus.State.LOADING && !shelf.isClosed()) {
          shelf.wait(EngineShelf.POLL_MILLIS);
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
      if (shelf.isClosed()) {
        return;
      }
      try {
        look(name);
      } catch (IllegalArgumentException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        models.leaveOut(name, e.getMessage());
      } catch (StageStoppedException e) {
        return;
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        // One model's fault must not end what looks after all of them.
        LOG.debug("{} could not be looked at", name, e);
      }
    }
    shelf.keepOnly(names);
  }

  private void look(String name) {
    ModelFolder folder = models.open(name);
    if (!kind.serves(folder.pipeline())) {
      return;
    }
    String stamp = folder.stamp();
    synchronized (shelf) {
      ModelSlot<E> slot = shelf.slot(name, stamp);
      slot.retryIfDue(System.nanoTime());
      if (slot.needs != null) {
        return;
      }
    }
    RequestNeeds needs = loader.needs(folder);
    synchronized (shelf) {
      shelf.slot(name, stamp).needs = needs;
    }
    changed.run();
  }

  /**
   * TensorFlow gives back what it does not need, but not always. A process that holds more than it
   * may when nobody works says so and is started anew.
   */
  private void lookAtMemory() {
    long resident = ProcessMemory.residentOfNetworks();
    if (shelf.isOverfull(resident)) {
      full.accept(
          "the memory is full: %s are taken when nothing is at work, and %s may be"
              .formatted(ByteCounts.text(resident), ByteCounts.text(shelf.total())));
    }
  }
}
