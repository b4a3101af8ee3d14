package dev.sluice.stage.process;

import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.v1.RequestNeeds;
import java.util.Optional;

/** Whether a picture's work fits into a worker's memory, said alike at the gateway and there. */
public final class PictureMemory {

  private static final int STEP = 64;

  private PictureMemory() {}

  /**
   * Why a picture cannot be made, whatever else a worker lets go of; empty if it can.
   *
   * @param stage the stage's name
   */
  public static Optional<String> refusal(RequestNeeds needs, String stage, int width, int height) {
    long pixels = (long) width * height;
    long together = needs.getMostPixels() == 0 ? pixels : Math.min(needs.getMostPixels(), pixels);
    double bytes = needs.getFixedBytes() + needs.getBytesPerPixel() * together;
    if (bytes <= needs.getAvailableBytes()) {
      return Optional.empty();
    }
    String needed =
        "%dx%d needs about %s of memory; the %s has %s"
            .formatted(
                width,
                height,
                ByteCounts.text((long) bytes),
                stage,
                ByteCounts.text(needs.getAvailableBytes()));
    int side = largestSide(needs);
    return Optional.of(
        side == 0 ? needed : "%s: at most %dx%d, or as many pixels".formatted(needed, side, side));
  }

  /** The side of the largest square that fits. */
  private static int largestSide(RequestNeeds needs) {
    double pixels = (needs.getAvailableBytes() - needs.getFixedBytes()) / needs.getBytesPerPixel();
    int side = pixels > 0 ? (int) Math.sqrt(pixels) : 0;
    return side - side % (side < STEP ? 8 : STEP);
  }
}
