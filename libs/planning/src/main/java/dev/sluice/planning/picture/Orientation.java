package dev.sluice.planning.picture;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;

/**
 * How a stored picture must be turned to be upright: the tag {@code Orientation} of Exif 2.32,
 * section 4.6.4, by its numbers.
 *
 * @param transposed whether rows and columns change places, before anything else
 * @param mirrored whether left and right of the upright picture change places
 * @param upsideDown whether top and bottom of the upright picture change places
 */
record Orientation(boolean transposed, boolean mirrored, boolean upsideDown) {

  static final Orientation UPRIGHT = new Orientation(false, false, false);

  private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  /**
   * The orientation that a block of Exif gives.
   *
   * @param exif as it lies in a file, with or without its prefix; null for none
   * @return upright where nothing valid is said: a picture is not refused for what is said of it
   */
  static Orientation of(byte[] exif) {
    if (exif == null) {
      return UPRIGHT;
    }
    Metadata metadata = new Metadata();
    try {
      new ExifReader().extract(new ByteArrayReader(exif, start(exif)), metadata);
      ExifIFD0Directory first = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
      return first == null || !first.containsTag(ExifIFD0Directory.TAG_ORIENTATION)
          ? UPRIGHT
          : numbered(first.getInt(ExifIFD0Directory.TAG_ORIENTATION));
    } catch (MetadataException | RuntimeException e) {
      return UPRIGHT;
    }
  }

  private static int start(byte[] exif) {
    return Bytes.startsWith(exif, 0, PREFIX) ? PREFIX.length : 0;
  }

  private static Orientation numbered(int number) {
    return switch (number) {
      case 2 -> new Orientation(false, true, false);
      case 3 -> new Orientation(false, true, true);
      case 4 -> new Orientation(false, false, true);
      case 5 -> new Orientation(true, false, false);
      case 6 -> new Orientation(true, true, false);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(true, false, true);
      default -> UPRIGHT;
    };
  }

  /** The stored picture turned upright. */
  Pixels apply(Pixels stored) {
    if (equals(UPRIGHT)) {
      return stored;
    }
    int width = transposed ? stored.height() : stored.width();
    int height = transposed ? stored.width() : stored.height();
    int[] upright = new int[width * height];
    for (int y = 0; y < height; y++) {
      int row = upsideDown ? height - 1 - y : y;
      for (int x = 0; x < width; x++) {
        int column = mirrored ? width - 1 - x : x;
        upright[y * width + x] = transposed ? stored.at(row, column) : stored.at(column, row);
      }
    }
    return new Pixels(width, height, upright);
  }
}
