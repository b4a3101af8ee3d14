package dev.sluice.trainer.truth;

import static dev.sluice.trainer.truth.Picture.PIXELS;
import static dev.sluice.trainer.truth.Picture.SIZE;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/** Operations on sets of pixels. */
final class Regions {

  private Regions() {}

  /** The 4-connected parts of a set of pixels. */
  static List<BitSet> connected(BitSet pixels) {
    List<BitSet> parts = new ArrayList<>();
    BitSet left = (BitSet) pixels.clone();
    for (int start = left.nextSetBit(0); start >= 0; start = left.nextSetBit(start)) {
      BitSet part = new BitSet(PIXELS);
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
  static BitSet eroded(BitSet pixels) {
    BitSet core = new BitSet(PIXELS);
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
  static BitSet dilated(BitSet pixels) {
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

  private static int[] neighbours(int pixel) {
    int x = pixel % SIZE;
    int y = pixel / SIZE;
    int[] all = new int[4];
    int count = 0;
    if (x > 0) {
      all[count++] = pixel - 1;
    }
    if (x < SIZE - 1) {
      all[count++] = pixel + 1;
    }
    if (y > 0) {
      all[count++] = pixel - SIZE;
    }
    if (y < SIZE - 1) {
      all[count++] = pixel + SIZE;
    }
    return Arrays.copyOf(all, count);
  }
}
