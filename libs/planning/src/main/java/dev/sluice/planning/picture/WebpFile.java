package dev.sluice.planning.picture;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageReader;

/** The chunks of a WebP file (RFC 9649, section 2), whose pixels libwebp decodes. */
final class WebpFile implements StoredPicture.Decoder {

  private static final byte[] RIFF = {'R', 'I', 'F', 'F'};
  private static final byte[] WEBP = {'W', 'E', 'B', 'P'};
  private static final int HEADER = 12;
  private static final int FRAME = 8;

  private static final int ANIMATION = 0x02;
  private static final int ALPHA = 0x10;

  static boolean is(byte[] file) {
    return Bytes.startsWith(file, 0, RIFF) && Bytes.startsWith(file, FRAME, WEBP);
  }

  /**
   * Reads the chunks.
   *
   * @throws PictureException when some are missing, or there is more than one picture
   */
  static StoredPicture read(byte[] file) throws PictureException {
    long end = FRAME + Bytes.little32(file, 4);
    if (end > file.length) {
      throw PictureFile.truncated("WebP");
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    byte[] exif = null;
    int at = HEADER;
    while (at + FRAME <= end) {
      long length = Bytes.little32(file, at + 4);
      if (length > end - at - FRAME) {
        throw PictureFile.truncated("WebP");
      }
      int padded = (int) Math.min(length + length % 2, end - at - FRAME);
      switch (new String(file, at, 4, StandardCharsets.ISO_8859_1)) {
        case "VP8X" -> {
          if (length > 0 && (file[at + FRAME] & ANIMATION) != 0) {
            throw PictureFile.animated("WebP");
          }
          byte[] chunk = Arrays.copyOfRange(file, at, at + FRAME + padded);
          if (length > 0) {
            chunk[FRAME] &= ALPHA;
          }
          kept.writeBytes(chunk);
        }
        case "VP8 ", "VP8L", "ALPH" -> kept.write(file, at, FRAME + padded);
        case "ANIM", "ANMF" -> throw PictureFile.animated("WebP");
        case "EXIF" -> exif = Arrays.copyOfRange(file, at + FRAME, at + FRAME + (int) length);
        default -> {
          // Profiles, XMP and what is to come change nothing of the pixels.
        }
      }
      at += FRAME + padded;
    }
    return new StoredPicture(framed(kept.toByteArray()), exif, new WebpFile());
  }

  private static byte[] framed(byte[] chunks) {
    ByteArrayOutputStream file = new ByteArrayOutputStream(chunks.length + HEADER);
    file.writeBytes(RIFF);
    Bytes.putLittle32(file, chunks.length + WEBP.length);
    file.writeBytes(WEBP);
    file.writeBytes(chunks);
    return file.toByteArray();
  }

  @Override
  public ImageReader reader() {
    // By its class: what the registry finds depends on the class loader of whoever asks first.
    return new WebPImageReaderSpi().createReaderInstance(null);
  }

  @Override
  public Pixels.Rows decode(ImageReader reader) throws IOException {
    try {
      return ComponentRows.of(reader.read(0));
    } catch (OutOfMemoryError e) {
      // libwebp's word for tables that no picture of that size has; there is memory enough for it.
      throw new IOException("libwebp asks for too much memory", e);
    }
  }
}
