package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.memory.MemoryBudget;
import dev.sluice.serving.memory.NativeHeap;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.serving.memory.ProcessMemory;
import dev.sluice.serving.memory.Room;
import dev.sluice.serving.memory.SharedMemory;
import dev.sluice.serving.memory.StoredPrecision;
import dev.sluice.serving.memory.WorkingMemory;
import dev.sluice.stage.process.Machine;
import dev.sluice.stage.work.InvalidTaskException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines that are in memory, who uses them, and the memory that there is for them and their
 * work. Its monitor guards the slots and all that hangs on them: who reads or changes a slot holds
 * it, and {@code wait}s on it for others' work to end. Safe for use by several threads at once.
 */
final class EngineShelf<E extends StageEngine> {

  /** How long to wait until what is waited for is looked at again. */
  static final long POLL_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(EngineShelf.class);

  /** How long loading waits for others' work to end. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Who lets go for others' sake does not do so between two tasks that follow each other. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A picture asks for so many rows at once: with and without its condition. */
  private static final int ROWS = 2;

  private final Map<String, ModelSlot<E>> slots = new TreeMap<>();
  private final List<Loaded<E>> retired = new ArrayList<>();
  private final MemoryBudget memory;
  private final SharedMemory machine;
  private final Room room;
  private final MeterRegistry metrics;
  private final Runnable changed;
  private boolean closed;

  /**
   * An empty one.
   *
   * @param machine what other processes leave
   * @param changed told when a model's status is another
   */
  EngineShelf(MemoryBudget memory, SharedMemory machine, MeterRegistry metrics, Runnable changed) {
    this.memory = memory;
    this.machine = machine;
    this.room = new Room(memory, machine, this::works);
    this.metrics = metrics;
    this.changed = changed;
  }

  /** The memory for networks and their work, in bytes. */
  long total() {
    return memory.total();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** A model's slot; what it holds of other files than those of {@code stamp} is let go. */
  synchronized ModelSlot<E> slot(String name, String stamp) {
    ModelSlot<E> slot = slots.computeIfAbsent(name, ModelSlot::new);
    if (!slot.stamp.equals(stamp)) {
      retire(slot);
      slot.reset();
      slot.needs = null;
      slot.stamp = stamp;
    }
    return slot;
  }

  /** Remembers what is wrong with a model; false if that was known. */
  synchronized boolean leaveOut(String name, String why) {
    ModelSlot<E> slot = slots.computeIfAbsent(name, ModelSlot::new);
    if (slot.state == ModelStatus.State.LEFT_OUT && slot.reason.equals(why)) {
      return false;
    }
    retire(slot);
    slot.stamp = "";
    slot.leaveOut(why);
    return true;
  }

  /**
   * Lets go of the models that are not there any more. Of one with LoRAs nothing is remembered when
   * it is let go: there is no end of them.
   */
  synchronized void keepOnly(Collection<String> names) {
    for (ModelSlot<E> slot : List.copyOf(slots.values())) {
      boolean isThere = names.contains(AdaptedName.modelOf(slot.name));
      boolean isDone = AdaptedName.isAdapted(slot.name) && slot.loaded == null;
      if (!isThere || isDone) {
        retire(slot);
        slots.remove(slot.name);
        changed.run();
      }
    }
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

  synchronized void describe(StageStatus.Builder status) {
    slots.values().forEach(slot -> status.addModels(slot.status()));
    status.setMemory(
        MemoryStatus.newBuilder()
            .setBudget(memory.total())
            .setUsed(memory.used())
            .setResident(ProcessMemory.resident())
            .setMachine(Machine.name())
            .setWanted(machine.wanted()));
  }

  /** What a request to a model needs. */
  RequestNeeds needs(long weights, WorkingMemory work) {
    return room.needs(weights, work);
  }

  /**
   * An engine and the memory for a picture; empty as long as others' work takes that.
   *
   * @param slot of a model that is loaded
   * @throws InvalidTaskException if the picture can never fit, or nothing is left to wait for
   */
  synchronized Optional<Lease<E>> lease(ModelSlot<E> slot, PictureSize size, Stage stage) {
    Loaded<E> loaded = slot.loaded;
    long row = loaded.work.row(size);
    long most = beside(loaded);
    if (row > most) {
      throw InvalidTaskException.inField(
          "parameters", room.refusal(loaded.weightBytes(), loaded.work, size, stage).orElseThrow());
    }
    long work = Math.min(ROWS * row, most);
    switch (room.find(work, work, () -> letGoOfOne(loaded))) {
      case LATER -> {
        return Optional.empty();
      }
      case NO ->
          throw InvalidTaskException.inField(
              "parameters",
              ("this picture needs about %s of memory, and other processes leave %s free on this"
                      + " machine now; a smaller one, or another time, will do")
                  .formatted(ByteCounts.text(work), room.freeOnMachine()));
      case YES -> {}
    }
    memory.beginWork(work);
    loaded.users++;
    return Optional.of(new Lease<>(loaded.engine, loaded.stamp, () -> release(loaded, work)));
  }

  private synchronized void release(Loaded<E> loaded, long work) {
    memory.endWork(work);
    loaded.users--;
    loaded.lastUsed = System.nanoTime();
    if (loaded.retired && loaded.isIdle()) {
      retired.remove(loaded);
      free(loaded);
    }
    notifyAll();
  }

  /** Whether any task is at work. */
  private boolean works() {
    return memory.used() > memory.weights()
        || slots.values().stream().anyMatch(slot -> slot.loaded != null && slot.loaded.users > 0)
        || !retired.isEmpty();
  }

  /** Lets go of what nobody uses, as long as other processes wait for memory. */
  synchronized void leaveRoom() {
    long rested = System.nanoTime() - REST_NANOS;
    while (machine.isWantedByOthers()
        && letGoOfOne(loaded -> loaded.isIdle() && loaded.lastUsed - rested < 0)) {
      LOG.info("Another process on this machine has asked for memory");
    }
  }

  /** Closes the engine that nobody has used for longest; false if all are in use. */
  private boolean letGoOfOne(Loaded<E> except) {
    return letGoOfOne(loaded -> loaded != except && loaded.isIdle());
  }

  private boolean letGoOfOne(Predicate<Loaded<E>> which) {
    Optional<ModelSlot<E>> oldest =
        slots.values().stream()
            .filter(slot -> slot.state == ModelStatus.State.LOADED && which.test(slot.loaded))
            .min(Comparator.comparingLong(slot -> slot.loaded.lastUsed));
    oldest.ifPresent(
        slot -> {
          LOG.info("Model {} is let go, for its memory", slot.loaded);
          Loaded<E> loaded = slot.loaded;
          slot.reset();
          free(loaded);
          changed.run();
        });
    return oldest.isPresent();
  }

  /**
   * Whether a process holds more than it may though nobody works, and nothing is left to let go.
   *
   * @param resident bytes that it holds of networks
   */
  synchronized boolean isOverfull(long resident) {
    return resident > memory.total() && !works() && !letGoOfOne(Loaded::isIdle);
  }

  private void free(Loaded<E> loaded) {
    loaded.uncount(metrics);
    try {
      loaded.engine.close();
    } finally {
      drop(loaded);
    }
    notifyAll();
  }

  /** No more counts what was closed, and gives it back to the machine where that is much. */
  private void drop(Loaded<E> loaded) {
    if (loaded.weightBytes() > ModelFolder.SMALL_BYTES) {
      NativeHeap.trim();
    }
    memory.dropWeights(loaded.weightBytes());
    loaded.weights.clear();
  }

  /** An engine is being made for a model. */
  synchronized Loaded<E> begin(ModelSlot<E> slot) {
    Loaded<E> loaded = new Loaded<>(slot.name, slot.stamp);
    slot.state = ModelStatus.State.LOADING;
    slot.loaded = loaded;
    slot.loading = ComponentLoading.getDefaultInstance();
    return loaded;
  }

  /** Counts weights as held, whether there is room for them or not; returns how many bytes. */
  synchronized long hold(Loaded<E> loaded, String component, StoredPrecision held) {
    loaded.weights.put(component, held.bytes());
    loaded.precisions.add(held.label());
    memory.holdWeights(held.bytes());
    return held.bytes();
  }

  /** Takes back {@link #hold}. */
  synchronized void drop(Loaded<E> loaded, String component) {
    memory.dropWeights(loaded.weights.remove(component));
  }

  synchronized boolean holds(Loaded<E> loaded, String component) {
    return loaded.weights.containsKey(component);
  }

  /** The memory that is left beside an engine's weights. */
  synchronized long beside(Loaded<E> loaded) {
    return memory.total() - loaded.weightBytes();
  }

  /**
   * Waits until there is room, letting go of what nobody uses.
   *
   * @param weights that are held already
   * @param work more that is to fit into what the machine has left
   * @throws NoRoomException if nobody works who could leave room, or works for too long
   */
  synchronized void makeRoom(Loaded<E> loaded, long weights, long work)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Room.Found found = room.find(0, weights + work, () -> letGoOfOne(loaded));
      if (found == Room.Found.YES) {
        return;
      }
      if (found == Room.Found.NO || System.nanoTime() - end > 0) {
        room.settle();
        throw new NoRoomException(
            "Model %s needs about %s of memory here; %s are free now"
                .formatted(loaded.model, ByteCounts.text(weights + work), room.freeHere(weights)));
      }
      wait(POLL_MILLIS);
    }
  }

  /** Puts up an engine that is made; false if it is not wanted any more, and was closed. */
  synchronized boolean put(ModelSlot<E> slot, Loaded<E> loaded, E engine, WorkingMemory work) {
    loaded.engine = engine;
    loaded.work = work;
    slot.needs = needs(loaded.weightBytes(), work);
    loaded.lastUsed = System.nanoTime();
    if (closed || loaded.retired) {
      retired.remove(loaded);
      free(loaded);
      return false;
    }
    loaded.count(metrics);
    slot.state = ModelStatus.State.LOADED;
    notifyAll();
    return true;
  }

  /** An engine could not be made. */
  synchronized void failed(ModelSlot<E> slot, Loaded<E> loaded, String why, long forgetAt) {
    retired.remove(loaded);
    drop(loaded);
    if (slot.loaded == loaded) {
      slot.leaveOut(why, forgetAt);
    }
    notifyAll();
  }

  /** Closes all engines; those that are still being made are closed when they are. */
  synchronized void close() {
    closed = true;
    for (ModelSlot<E> slot : slots.values()) {
      if (slot.state == ModelStatus.State.LOADED) {
        free(slot.loaded);
      }
    }
    slots.clear();
    retired.stream().filter(loaded -> loaded.engine != null).toList().forEach(this::free);
    retired.clear();
    notifyAll();
  }
}
