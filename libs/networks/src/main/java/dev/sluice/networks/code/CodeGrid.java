package dev.sluice.networks.code;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;

/**
 * The order of a picture's codes on two levels (Razavi et al. 2019, section 3.2): those of the
 * coarse top level first, then those of the bottom level, of twice its resolution; each level row
 * by row. As <em>words</em> the codes of both levels are told apart: the bottom's come after the
 * top's.
 *
 * @param side of the bottom level, even
 * @param entries of each level's codebook
 */
public record CodeGrid(int side, int entries) {

  /** A code whose turn has not come, in samples. */
  public static final float NONE = -1;

  private static final int LEVELS = 2;

  public CodeGrid {
    if (side < 2 || side % 2 != 0) {
      throw new IllegalArgumentException(
          "the codes of a picture have %d on a side; expected an even number from 2 on"
              .formatted(side));
    }
  }

  /** Codes of the top level. */
  public int top() {
    return side * side / 4;
  }

  /** Codes of both. */
  public int count() {
    return top() + side * side;
  }

  /** Words of both levels. */
  public int words() {
    return LEVELS * entries;
  }

  /** Whether a place is one of the top level. */
  public boolean isTop(int place) {
    return place < top();
  }

  /** The first of the words that may stand at a place. */
  public int firstWord(int place) {
    return isTop(place) ? 0 : entries;
  }

  /** The place before; {@link #count()} for the first. */
  int before(int place) {
    return place == 0 ? count() : place - 1;
  }

  /** The place of the same level one row further up; {@link #count()} for the first rows. */
  int above(int place) {
    int first = isTop(place) ? 0 : top();
    int width = isTop(place) ? side / 2 : side;
    return place - first < width ? count() : place - width;
  }

  /** The top level's place that covers one of the bottom level; {@link #count()} for the others. */
  int over(int place) {
    if (isTop(place)) {
      return count();
    }
    int row = (place - top()) / side;
    int column = (place - top()) % side;
    return row / 2 * (side / 2) + column / 2;
  }

  /**
   * Words as a sample, which an autoencoder decodes: the top's codes each over its four of the
   * bottom.
   *
   * @param words of a picture, in order
   * @param known how many there are; the others' places are {@link #NONE}
   * @return {@code [1, 2, side, side]}
   */
  public HostTensor.Floats sample(long[] words, int known) {
    float[] sample = new float[LEVELS * side * side];
    Arrays.fill(sample, NONE);
    for (int cell = 0; cell < side * side; cell++) {
      int bottom = top() + cell;
      int over = over(bottom);
      if (over < known) {
        sample[cell] = words[over];
      }
      if (bottom < known) {
        sample[side * side + cell] = words[bottom] - entries;
      }
    }
    return new HostTensor.Floats(sample, 1, LEVELS, side, side);
  }

  /**
   * The words of a picture.
   *
   * @param top its codes, row by row
   * @param bottom as {@code top}
   */
  public long[] words(float[] top, float[] bottom) {
    long[] words = new long[count()];
    for (int i = 0; i < words.length; i++) {
      words[i] = isTop(i) ? (long) top[i] : entries + (long) bottom[i - top()];
    }
    return words;
  }
}
