package dev.sluice.stage.models;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a model's files, as {@code sha256sum} writes it.
 *
 * @param byPath hexadecimal digits by the file's path in the model's folder
 */
record FileSums(Map<String, String> byPath) {

  /** The file in a model's folder that has them. */
  static final String FILE = "SHA256SUMS";

  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](?:\\./)?(.+)");

  /**
   * Reads such a file.
   *
   * @param model whose it is, for messages
   * @throws FetchException if a line is none of {@code sha256sum}'s, or there are none
   */
  static FileSums parse(String model, String text) {
    Map<String, String> byPath = new TreeMap<>();
    for (String line : text.lines().filter(one -> !one.isBlank()).toList()) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || !leadsDown(parts.group(2))) {
        throw new FetchException(
            ("%s/%s: a line is not understood; in the model's folder, `find . -type f ! -name %s"
                    + " -exec sha256sum {} + > %s` writes them")
                .formatted(model, FILE, FILE, FILE));
      }
      byPath.put(parts.group(2), parts.group(1));
    }
    if (byPath.isEmpty()) {
      throw new FetchException("%s/%s names no files".formatted(model, FILE));
    }
    return new FileSums(byPath);
  }

  /** Whether a path stays below the folder that it begins in. */
  static boolean leadsDown(String path) {
    return Arrays.stream(path.split("/", -1))
        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }
}
