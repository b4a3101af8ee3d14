package dev.sluice.planning.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads PNG, JPEG and WebP files, which come from anybody. */
public final class PictureFile {

  private static final Logger LOG = LoggerFactory.getLogger(PictureFile.class);

  /** What phones make, and no more than fits into the gateway's memory while it is made smaller. */
  static final int MOST_PIXELS = 50_000_000;

  /** Above what panoramas have: a line of millions of pixels is nobody's picture. */
  private static final int LONGEST_SIDE = 1 << 15;

  /** What is left of larger pictures: four times what the largest usual models make. */
  static final int MOST_KEPT = 4 << 20;

  /** A picture that is made smaller takes far more memory than others; one goes after the other. */
  private static final Semaphore LARGE = new Semaphore(1, true);

  private PictureFile() {}

  /**
   * A picture as a file gives it.
   *
   * @param pixels upright; at most 4 megapixels
   * @param width of the upright picture in the file
   * @param height as {@code width}
   */
  public record Upright(Pixels pixels, int width, int height) {}

  /**
   * Reads a file. Color profiles are passed over, as the reference does.
   *
   * @throws PictureException if the bytes are no whole picture of a known kind, or too large a one
   */
  public static Upright read(byte[] file) throws PictureException {
    StoredPicture stored = stored(file);
    ImageReader reader = stored.decoder().reader();
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(stored.file()))) {
      reader.setInput(stream, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      requireFits(width, height);
      Pixels pixels = pixels(stored, reader, width, height);
      requireWhole(warnings);
      Pixels upright = Orientation.of(stored.exif()).apply(pixels);
      boolean turned = Orientation.of(stored.exif()).transposed();
      return new Upright(upright, turned ? height : width, turned ? width : height);
    } catch (IOException | RuntimeException e) {
      // Decoders meet crafted files with exceptions of all kinds.
      LOG.debug("A picture cannot be decoded", e);
      throw new PictureException(
          "cannot be decoded: its contents are damaged. Save it anew and send that.");
    } finally {
      reader.dispose();
    }
  }

  private static StoredPicture stored(byte[] file) throws PictureException {
    if (Bytes.startsWith(file, 0, PngFile.SIGNATURE)) {
      return PngFile.read(file);
    }
    if (Bytes.startsWith(file, 0, JpegFile.START)) {
      return JpegFile.read(file);
    }
    if (WebpFile.is(file)) {
      return WebpFile.read(file);
    }
    throw new PictureException("is %s; send a PNG, JPEG or WebP file.".formatted(kind(file)));
  }

  /** What else people send. */
  private static String kind(byte[] file) {
    String start = new String(file, 0, Math.min(12, file.length), StandardCharsets.ISO_8859_1);
    if (start.startsWith("GIF8")) {
      return "a GIF file";
    }
    if (start.startsWith("BM")) {
      return "a BMP file";
    }
    if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
      return "a TIFF file";
    }
    if (start.length() >= 12 && start.startsWith("ftyp", 4)) {
      return "a file of the kind '%s' (HEIC, AVIF or a film)"
          .formatted(start.substring(8, 12).replaceAll("[^ -~]", "?").strip());
    }
    if (start.stripLeading().startsWith("<")) {
      return "an SVG or HTML text";
    }
    return "no picture file of a known kind";
  }

  private static void requireFits(int width, int height) throws PictureException {
    if (Math.max(width, height) > LONGEST_SIDE) {
      throw new PictureException(
          "is %d x %d pixels; at most %d are allowed on a side. Make it smaller first."
              .formatted(width, height, LONGEST_SIDE));
    }
    if ((long) width * height > MOST_PIXELS) {
      throw new PictureException(
          "is %d x %d pixels; at most %d pixels are allowed. Make it smaller first."
              .formatted(width, height, MOST_PIXELS));
    }
  }

  private static Pixels pixels(StoredPicture stored, ImageReader reader, int width, int height)
      throws IOException {
    long area = (long) width * height;
    if (area <= MOST_KEPT) {
      return Pixels.averaged(stored.decoder().decode(reader), width, height, 1);
    }
    LARGE.acquireUninterruptibly();
    try {
      int side = (int) Math.sqrt((double) area / MOST_KEPT);
      Pixels means =
          Pixels.averaged(stored.decoder().decode(reader), width, height, Math.max(1, side));
      double scale = Math.sqrt((double) MOST_KEPT / area);
      return scale * Math.max(1, side) >= 1
          ? means
          : means.scaledTo(Math.max(1, (int) (width * scale)), Math.max(1, (int) (height * scale)));
    } finally {
      LARGE.release();
    }
  }

  /** Decoders fill up with grey what is missing, and only mention it. */
  private static void requireWhole(List<String> warnings) throws PictureException {
    for (String warning : warnings) {
      if (!warning.contains("extraneous bytes")) {
        LOG.debug("A picture is damaged: {}", warning);
        throw new PictureException(
            "is damaged: a part of it is missing or unreadable. Save it anew and send that.");
      }
    }
  }

  static PictureException truncated(String kind) {
    return new PictureException(
        "is a truncated %s file: its end is missing. Send all of it.".formatted(kind));
  }

  static PictureException animated(String kind) {
    return new PictureException("is an animated %s file; send a single picture.".formatted(kind));
  }
}
