package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes batches of rows. What does not change between steps, such as the states of texts, is
 * stacked when a batch's members change, and not at every call: the last stacks are kept for the
 * same members in the same order. Safe for use by several threads.
 */
final class Stacks {

  private static final int MOST_KEPT = 8;

  /** 256 MiB of values. */
  private static final long MOST_VALUES = 64L << 20;

  private final Deque<Stack> kept = new ArrayDeque<>();

  private record Stack(List<Row.Constants> members, Map<String, HostTensor> inputs) {

    boolean isOf(List<Row> rows) {
      if (rows.size() != members.size()) {
        return false;
      }
      for (int i = 0; i < members.size(); i++) {
        if (members.get(i) != rows.get(i).constants()) {
          return false;
        }
      }
      return true;
    }

    long values() {
      long values = 0;
      for (HostTensor tensor : inputs.values()) {
        values += size(tensor);
      }
      return values;
    }

    private static long size(HostTensor tensor) {
      return tensor instanceof HostTensor.Floats floats
          ? floats.values().length
          : 2L * ((HostTensor.Longs) tensor).values().length;
    }
  }

  /** The rows of one signature as one batch; to be read only. */
  Map<String, HostTensor> batch(List<Row> rows) {
    if (rows.size() == 1) {
      return rows.get(0).inputs();
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>(constants(rows));
    batch.putAll(Row.stackInputs(rows.stream().map(Row::changing).toList()));
    return batch;
  }

  private Map<String, HostTensor> constants(List<Row> rows) {
    if (rows.get(0).constants().inputs().isEmpty()) {
      return Map.of();
    }
    synchronized (kept) {
      for (Iterator<Stack> stacks = kept.iterator(); stacks.hasNext(); ) {
        Stack stack = stacks.next();
        if (stack.isOf(rows)) {
          stacks.remove();
          kept.addFirst(stack);
          return stack.inputs();
        }
      }
    }
    List<Row.Constants> members = new ArrayList<>(rows.stream().map(Row::constants).toList());
    Stack stack =
        new Stack(members, Row.stackInputs(members.stream().map(Row.Constants::inputs).toList()));
    keep(stack);
    return stack.inputs();
  }

  private void keep(Stack stack) {
    synchronized (kept) {
      kept.addFirst(stack);
      while (kept.size() > MOST_KEPT
          || kept.size() > 1 && kept.stream().mapToLong(Stack::values).sum() > MOST_VALUES) {
        kept.removeLast();
      }
    }
  }

  /** Forgets all: nobody is asking. */
  void clear() {
    synchronized (kept) {
      kept.clear();
    }
  }
}
