package dev.sluice.planning.picture;

import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * What matters of a picture's file. Profiles, thumbnails and texts are left off: the reference
 * passes over them, and a decoder that never sees them cannot fail at them.
 *
 * @param file a whole file of that format, with nothing in it but the pixels
 * @param exif the block that says how the picture is turned; null for none
 */
record StoredPicture(byte[] file, byte[] exif, Decoder decoder) {

  /** Makes rows of colors of a file. */
  interface Decoder {

    /** What reads the file; to be disposed of. */
    ImageReader reader();

    /** The rows of the picture that {@code reader} was set to read. */
    Pixels.Rows decode(ImageReader reader) throws IOException;
  }
}
