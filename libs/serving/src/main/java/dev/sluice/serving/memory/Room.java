package dev.sluice.serving.memory;

import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.process.PictureMemory;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The room that a process may fill with networks and their work, and what the machine has left of
 * it. Not thread-safe.
 */
public final class Room {

  /** What came of looking for room. */
  public enum Found {
    /** It is there. */
    YES,
    /** Others' work will end, here or in another process. */
    LATER,
    /** There is nothing to wait for. */
    NO
  }

  private final MemoryBudget budget;
  private final SharedMemory machine;
  private final BooleanSupplier works;

  /**
   * @param works whether anybody works here, whose end may leave room
   */
  public Room(MemoryBudget budget, SharedMemory machine, BooleanSupplier works) {
    this.budget = budget;
    this.machine = machine;
    this.works = works;
  }

  /**
   * Looks for room. To be called again as long as it says {@link Found#LATER}; {@link #settle} ends
   * that early.
   *
   * @param counted bytes that are to fit beside what the budget counts already
   * @param fresh bytes that the machine is to have free
   * @param letGo lets go of something that nobody uses here; false if there is nothing
   */
  public Found find(long counted, long fresh, BooleanSupplier letGo) {
    while (!budget.fits(counted) || fresh > machine.free()) {
      if (letGo.getAsBoolean()) {
        continue;
      }
      if (works.getAsBoolean() || budget.fits(counted) && machine.ask(fresh)) {
        return Found.LATER;
      }
      settle();
      return Found.NO;
    }
    settle();
    return Found.YES;
  }

  /**
   * What a request to a model needs.
   *
   * @param weights that the model holds, in bytes
   * @param work of one row
   */
  public RequestNeeds needs(long weights, WorkingMemory work) {
    return RequestNeeds.newBuilder()
        .setFixedBytes(weights)
        .setBytesPerPixel(work.bytesPerPixel())
        .setMostPixels(work.mostPixels())
        .setAvailableBytes(budget.total())
        .build();
  }

  /** Why a picture of that size can never be made; empty if it can. */
  public Optional<String> refusal(long weights, WorkingMemory work, PictureSize size, Stage stage) {
    RequestNeeds needs =
        needs(weights, work).toBuilder().setBytesPerPixel(work.bytesPerPixel(size)).build();
    PictureSize pixels = work.pixels(size);
    return PictureMemory.refusal(needs, Topics.name(stage), pixels.width(), pixels.height());
  }

  /** Nothing is waited for any more. */
  public void settle() {
    machine.settled();
  }

  /** What is free on the machine, in the words of an answer. */
  public String freeOnMachine() {
    return ByteCounts.text(machine.free());
  }

  /**
   * What is free for a process that holds so much of it already, in the words of an answer.
   *
   * @param held bytes that the budget counts and that are not there yet
   */
  public String freeHere(long held) {
    long free = Math.max(0, budget.total() - budget.used() + held);
    return ByteCounts.text(Math.min(machine.free(), free));
  }
}
