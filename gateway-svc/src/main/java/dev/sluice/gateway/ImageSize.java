package dev.sluice.gateway;

/** Width and height of a picture in pixels. */
record ImageSize(int width, int height) {

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
