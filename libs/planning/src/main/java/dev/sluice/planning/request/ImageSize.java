package dev.sluice.planning.request;

import dev.sluice.catalog.SampleSize;

/** Width and height of a picture in pixels. */
public record ImageSize(int width, int height) {

  /** That of a model's own pictures. */
  public static ImageSize of(SampleSize own) {
    return new ImageSize(own.pixelWidth(), own.pixelHeight());
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
