package dev.sluice.trainer.truth;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Operations on sets of pixels.
 *
 * @param grid that they are of
 */
record Regions(Grid grid) {

  /** The 4-connected parts of a set of pixels. */
  List<BitSet> connected(BitSet pixels) {
    List<BitSet> parts = new ArrayList<>();
    BitSet left = (BitSet) pixels.clone();
    for (int start = left.nextSetBit(0); start >= 0; start = left.nextSetBit(start)) {
      BitSet part = new BitSet(grid.pixels());
      Deque<Integer> open = new ArrayDeque<>();
      open.add(start);
      left.clear(start);
      while (!open.isEmpty()) {
        int pixel = open.remove();
        part.set(pixel);
        for (int neighbour : neighbours(pixel)) {
          if (left.get(neighbour)) {
            left.clear(neighbour);
            open.add(neighbour);
          }
        }
      }
      parts.add(part);
    }
    return parts;
  }

  /** The pixels all of whose neighbours are in the set too. */
  BitSet eroded(BitSet pixels) {
    BitSet core = new BitSet(grid.pixels());
    pixels.stream()
        .filter(
            pixel -> {
              for (int neighbour : neighbours(pixel)) {
                if (!pixels.get(neighbour)) {
                  return false;
                }
              }
              return true;
            })
        .forEach(core::set);
    return core;
  }

  /** The set and all its neighbours. */
  BitSet dilated(BitSet pixels) {
    BitSet grown = (BitSet) pixels.clone();
    pixels.stream()
        .forEach(
            pixel -> {
              for (int neighbour : neighbours(pixel)) {
                grown.set(neighbour);
              }
            });
    return grown;
  }

  private int[] neighbours(int pixel) {
    int x = grid.x(pixel);
    int y = grid.y(pixel);
    int[] all = new int[4];
    int count = 0;
    if (x > 0) {
      all[count++] = pixel - 1;
    }
    if (x < grid.width() - 1) {
      all[count++] = pixel + 1;
    }
    if (y > 0) {
      all[count++] = pixel - grid.width();
    }
    if (y < grid.height() - 1) {
      all[count++] = pixel + grid.width();
    }
    return Arrays.copyOf(all, count);
  }
}
