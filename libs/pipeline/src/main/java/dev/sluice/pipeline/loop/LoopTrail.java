package dev.sluice.pipeline.loop;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The loops of one task, in order: the finished ones as they ended, and the one at work. As bytes
 * it is what another process needs to go on with the task without making a step again. Not
 * thread-safe; to be used where a {@link StepListener} is called.
 */
public final class LoopTrail {

  /** "SLT1": a trail, version 1. */
  private static final int MAGIC = 0x534c5431;

  private static final int MOST_LOOPS = 64;

  private final List<LoopState> earlier;
  private final List<LoopState> ended = new ArrayList<>();
  private ResumableLoop current;

  private LoopTrail(List<LoopState> earlier) {
    this.earlier = earlier;
  }

  /** Of a task that begins. */
  public static LoopTrail empty() {
    return new LoopTrail(List.of());
  }

  /**
   * Of a task that goes on where {@link #toBytes()} was called.
   *
   * @throws IllegalArgumentException if these are not the bytes of a trail
   */
  public static LoopTrail of(byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      if (buffer.getInt() != MAGIC) {
        throw new IllegalArgumentException("not a trail of loops: it must begin with SLT1");
      }
      int count = buffer.getInt();
      if (count < 0 || count > MOST_LOOPS) {
        throw new IllegalArgumentException(
            "a trail claims %d loops; expected 0 to %d".formatted(count, MOST_LOOPS));
      }
      List<LoopState> states = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int length = buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
          throw new IllegalArgumentException(
              "a trail claims a state of %d bytes; %d are left"
                  .formatted(length, buffer.remaining()));
        }
        byte[] state = new byte[length];
        buffer.get(state);
        states.add(LoopState.fromBytes(state));
      }
      return new LoopTrail(states);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a trail of loops of %d bytes is cut short".formatted(bytes.length), e);
    }
  }

  /**
   * A loop begins; the one before it must have ended.
   *
   * @return where the same loop was left earlier; empty if nowhere, or if that was another sampling
   *     (another version of the model may have taken over)
   */
  public Optional<LoopState> begin(ResumableLoop loop) {
    int index = ended.size();
    current = loop;
    Optional<LoopState> left =
        index < earlier.size() && loop.isOfThis(earlier.get(index))
            ? Optional.of(earlier.get(index))
            : Optional.empty();
    left.filter(state -> state.run().index() == loop.steps()).ifPresent(ended::add);
    return left;
  }

  /** The current loop has made a step. */
  public void stepped() {
    if (current.finished()) {
      ended.add(current.state());
    }
  }

  /** All loops so far; of the current one where it is between two steps. */
  public byte[] toBytes() {
    List<byte[]> states = new ArrayList<>();
    ended.forEach(state -> states.add(state.toBytes()));
    if (current != null && !current.finished()) {
      states.add(current.state().toBytes());
    }
    int size = 2 * Integer.BYTES;
    for (byte[] state : states) {
      size = Math.addExact(size, Integer.BYTES + state.length);
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).putInt(MAGIC).putInt(states.size());
    states.forEach(state -> buffer.putInt(state.length).put(state));
    return buffer.array();
  }
}
