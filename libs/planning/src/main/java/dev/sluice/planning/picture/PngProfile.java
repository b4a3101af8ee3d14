package dev.sluice.planning.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * Exif as ImageMagick wrote it into PNG files before there was a chunk for it: a text, often
 * compressed, of a name, a length and hexadecimal digits.
 */
final class PngProfile {

  private static final String TEXT = "tEXt";
  private static final String COMPRESSED = "zTXt";

  /** As ImageMagick and its kin begin such a text. */
  private static final List<String> KEYWORDS =
      List.of("Raw profile type exif\0", "Raw profile type APP1\0");

  /** The profile APP1 can be of another kind. */
  private static final List<String> EXIF = List.of("Exif\0\0", "II*\0", "MM\0*");

  /** An Exif block is shorter: it fits into one segment of a JPEG. */
  private static final int LONGEST = 1 << 18;

  private PngProfile() {}

  /**
   * Whether a chunk is such a text.
   *
   * @param at where in the file the chunk begins, with its length
   */
  static boolean isExif(byte[] file, int at) {
    int length = Math.min(file.length - at - 4, 4 + KEYWORDS.get(0).length());
    String start = new String(file, at + 4, length, StandardCharsets.ISO_8859_1);
    return KEYWORDS.stream()
        .anyMatch(word -> start.equals(TEXT + word) || start.equals(COMPRESSED + word));
  }

  /**
   * The Exif in such a text.
   *
   * @param chunk its type and its data
   * @return empty if it is another profile, or cannot be read: a picture is not refused for what is
   *     said of it
   */
  static Optional<byte[]> exif(byte[] chunk) {
    int text = 4 + KEYWORDS.get(0).length();
    boolean compressed = chunk[0] == COMPRESSED.charAt(0);
    try {
      // The method of compression stands in a byte; there is one.
      String profile = compressed ? inflated(chunk, text + 1) : rest(chunk, text);
      return Optional.of(digits(profile)).filter(PngProfile::begins);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean begins(byte[] exif) {
    return EXIF.stream()
        .anyMatch(start -> Bytes.startsWith(exif, 0, start.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static String rest(byte[] chunk, int from) {
    int length = Math.min(chunk.length - from, LONGEST);
    return new String(chunk, from, length, StandardCharsets.ISO_8859_1);
  }

  private static String inflated(byte[] chunk, int from) throws IOException {
    if (from > chunk.length) {
      throw new IOException("ends before its text");
    }
    try (InputStream text =
        new InflaterInputStream(new ByteArrayInputStream(chunk, from, chunk.length - from))) {
      return new String(text.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
    }
  }

  /** What stands below the lines of name and length. */
  private static byte[] digits(String profile) {
    String[] lines = profile.split("\n", 4);
    if (lines.length < 4) {
      throw new IllegalArgumentException("has no digits");
    }
    return HexFormat.of().parseHex(lines[3].replaceAll("\\s", ""));
  }
}
