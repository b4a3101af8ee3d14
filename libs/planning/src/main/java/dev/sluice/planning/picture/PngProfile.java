package dev.sluice.planning.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * Exif as ImageMagick wrote it into PNG files before there was a chunk for it: a text, often
 * compressed, of a name, a length and hexadecimal digits.
 */
final class PngProfile {

  private static final String KEYWORD = "Raw profile type ";

  /** The names that ImageMagick and libpng's kin give it. */
  private static final String NAMES = "(?s)(exif|APP1)\0.*";

  /** An Exif block is shorter: it fits into one segment of a JPEG. */
  private static final int LONGEST = 1 << 18;

  private PngProfile() {}

  /**
   * The Exif in a text chunk.
   *
   * @param type of the chunk
   * @param data between its type and its checksum
   * @return empty if it holds something else, or nothing that can be read
   */
  static Optional<byte[]> exif(String type, byte[] data) {
    boolean compressed = type.equals("zTXt");
    if (!compressed && !type.equals("tEXt")) {
      return Optional.empty();
    }
    String start =
        new String(
            data, 0, Math.min(data.length, KEYWORD.length() + 6), StandardCharsets.ISO_8859_1);
    if (!start.startsWith(KEYWORD) || !start.substring(KEYWORD.length()).matches(NAMES)) {
      return Optional.empty();
    }
    int end = start.indexOf('\0') + 1;
    try {
      return Optional.of(digits(compressed ? inflated(data, end + 1) : rest(data, end)));
    } catch (IOException | IllegalArgumentException e) {
      // A picture is not refused for what is said of it.
      return Optional.empty();
    }
  }

  private static String rest(byte[] data, int from) {
    int length = Math.min(data.length - from, LONGEST);
    return new String(data, from, length, StandardCharsets.ISO_8859_1);
  }

  /** After a byte that names the one method there is. */
  private static String inflated(byte[] data, int from) throws IOException {
    if (from > data.length) {
      throw new IOException("ends before its text");
    }
    try (InputStream text =
        new InflaterInputStream(new ByteArrayInputStream(data, from, data.length - from))) {
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
