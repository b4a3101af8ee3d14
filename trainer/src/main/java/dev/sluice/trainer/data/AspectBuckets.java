package dev.sluice.trainer.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sizes of about as many pixels, of which each picture gets the one whose aspect ratio is nearest
 * to its own (Podell et al. 2023, "SDXL", section 2.3 and appendix I).
 */
public final class AspectBuckets {

  private final List<Size> sizes;

  /** A size in pixels. */
  public record Size(int width, int height) {

    private double logRatio() {
      return Math.log((double) width / height);
    }
  }

  /**
   * @param side of the square that has the most pixels
   * @param multiple of which both sides are, at most {@code side}
   * @param mostRatio of the longer side to the shorter, at least 1
   * @throws DataException if there is no such size
   */
  public AspectBuckets(int side, int multiple, double mostRatio) {
    if (multiple < 1 || side < multiple || mostRatio < 1) {
      throw new DataException(
          "pictures of %d pixels a side, in steps of %d, up to %s times as long as high, are none;"
                  .formatted(side, multiple, mostRatio)
              + " choose a side of a step or more and a ratio of 1 or more");
    }
    Set<Size> found = new LinkedHashSet<>();
    int least = side / multiple * multiple;
    found.add(new Size(least, least));
    for (int width = least; width <= side * Math.sqrt(mostRatio); width += multiple) {
      int height = (int) ((long) side * side / width / multiple) * multiple;
      if (height > 0 && height <= width && width <= height * mostRatio) {
        found.add(new Size(width, height));
        found.add(new Size(height, width));
      }
    }
    this.sizes = new ArrayList<>(found);
  }

  /** All sizes, the square first. */
  public List<Size> sizes() {
    return sizes;
  }

  /** The number of the size for a picture of any. */
  public int nearest(int width, int height) {
    double asked = new Size(width, height).logRatio();
    int best = 0;
    for (int i = 1; i < sizes.size(); i++) {
      if (Math.abs(sizes.get(i).logRatio() - asked)
          < Math.abs(sizes.get(best).logRatio() - asked)) {
        best = i;
      }
    }
    return best;
  }
}
