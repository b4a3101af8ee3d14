package dev.sluice.planning.picture;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The chunks of a PNG file (ISO 15948, section 5). */
final class PngFile implements StoredPicture.Decoder {

  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private static final int FRAME = 12;

  /** In the first chunk, IHDR. */
  private static final int BIT_DEPTH = 24;

  private static final int COLOR_TYPE = 25;
  private static final int GREY = 0;

  /** Of descriptions that are looked into; each may be long. */
  private static final int MOST_PROFILES = 2;

  private static final int NO_KEY = -1;
  private static final Set<String> OF_PIXELS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  /** The grey that is transparent. */
  private final int key;

  private PngFile(int key) {
    this.key = key;
  }

  /**
   * Reads the chunks.
   *
   * @throws PictureException when one of those that make the picture is damaged, or there is more
   *     than one picture
   */
  static StoredPicture read(byte[] file) throws PictureException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(SIGNATURE, 0, SIGNATURE.length);
    byte[] exif = null;
    int profiles = 0;
    int key = NO_KEY;
    int at = SIGNATURE.length;
    while (true) {
      if (file.length - at < FRAME || Bytes.big32(file, at) > file.length - at - FRAME) {
        throw PictureFile.truncated("PNG");
      }
      int length = (int) Bytes.big32(file, at);
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (OF_PIXELS.contains(type)) {
        requireWhole(file, at, length, type);
        if (type.equals("tRNS") && length >= 2 && isGreyOfFewBits(file)) {
          key = (file[at + 8] & 0xff) << 8 | file[at + 9] & 0xff;
        } else {
          kept.write(file, at, length + FRAME);
        }
      } else if (type.equals("eXIf")) {
        exif = Arrays.copyOfRange(file, at + 8, at + 8 + length);
      } else if (type.equals("acTL") && length >= 4 && Bytes.big32(file, at + 8) > 1) {
        throw PictureFile.animated("PNG");
      } else if (exif == null && profiles < MOST_PROFILES && PngProfile.isExif(file, at)) {
        profiles++;
        exif = PngProfile.exif(Arrays.copyOfRange(file, at + 4, at + 8 + length)).orElse(null);
      }
      if (type.equals("IEND")) {
        return new StoredPicture(kept.toByteArray(), exif, new PngFile(key));
      }
      at += length + FRAME;
    }
  }

  /** Of 1 to 4, whose transparent grey Java's decoder looks for among those of 8. */
  private static boolean isGreyOfFewBits(byte[] file) {
    return file[COLOR_TYPE] == GREY && file[BIT_DEPTH] < 8;
  }

  private static void requireWhole(byte[] file, int at, int length, String type)
      throws PictureException {
    CRC32 check = new CRC32();
    check.update(file, at + 4, length + 4);
    if (check.getValue() != Bytes.big32(file, at + 8 + length)) {
      throw new PictureException(
          "is a damaged PNG file: the checksum of its chunk %s is wrong. Send it again."
              .formatted(type));
    }
  }

  @Override
  public ImageReader reader() {
    return ImageIO.getImageReadersByFormatName("png").next();
  }

  @Override
  public Pixels.Rows decode(ImageReader reader) throws IOException {
    BufferedImage picture = reader.read(0);
    return key != NO_KEY && picture.getColorModel() instanceof IndexColorModel greys
        ? ComponentRows.of(withKey(picture, greys))
        : ComponentRows.of(picture);
  }

  private BufferedImage withKey(BufferedImage picture, IndexColorModel greys) {
    int size = greys.getMapSize();
    byte[] levels = new byte[size];
    greys.getReds(levels);
    IndexColorModel keyed =
        new IndexColorModel(greys.getPixelSize(), size, levels, levels, levels, key);
    return new BufferedImage(keyed, picture.getRaster(), false, null);
  }
}
