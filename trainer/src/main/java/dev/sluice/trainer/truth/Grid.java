package dev.sluice.trainer.truth;

import java.util.stream.IntStream;

/** The pixels of a picture, of which each is called {@code y * width + x}. */
record Grid(int width, int height) {

  /** How many. */
  int pixels() {
    return width * height;
  }

  int x(int pixel) {
    return pixel % width;
  }

  int y(int pixel) {
    return pixel / width;
  }

  int pixel(int x, int y) {
    return y * width + x;
  }

  /** The pixels at most {@code depth} from the edge. */
  int[] border(int depth) {
    return IntStream.range(0, pixels()).filter(pixel -> distance(pixel) < depth).toArray();
  }

  /** Of a pixel from the edge, 0 at it. */
  private int distance(int pixel) {
    return Math.min(
        Math.min(x(pixel), width - 1 - x(pixel)), Math.min(y(pixel), height - 1 - y(pixel)));
  }
}
