package dev.sluice.catalog.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What tells cheaply whether a model's files are still the same: a digest of their names, sizes and
 * times, in which every process that sees the same files agrees. No content is read.
 */
public final class FileStamp {

  /** What components are loaded from; weights in other formats may lie beside and mean nothing. */
  private static final Pattern COUNTED =
      Pattern.compile(".*\\.(safetensors|json|txt|model)", Pattern.CASE_INSENSITIVE);

  private FileStamp() {}

  /**
   * The stamp of a model, or of one of its components.
   *
   * @param depth how far below {@code folder} files count: 1 for those right in it
   */
  public static String of(Path folder, int depth) {
    MessageDigest digest = Digests.sha256();
    try {
      for (Path file : files(folder, depth)) {
        String line =
            "%s %d %s\n"
                .formatted(
                    folder.relativize(file),
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant());
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // A file that goes while it is looked at, or that may not be, makes another stamp.
      digest.update(e.toString().getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The files that a model is loaded from, sorted; those behind links among them.
   *
   * @throws IOException if a folder cannot be listed
   */
  public static List<Path> files(Path folder, int depth) throws IOException {
    List<Path> files = new ArrayList<>();
    add(folder, depth, files);
    Collections.sort(files);
    return files;
  }

  private static void add(Path entry, int depth, List<Path> files) throws IOException {
    if (Files.isDirectory(entry) && depth > 0) {
      try (Stream<Path> below = Files.list(entry)) {
        for (Path file : (Iterable<Path>) below::iterator) {
          add(file, depth - 1, files);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    } else if (Files.isRegularFile(entry)
        && COUNTED.matcher(entry.getFileName().toString()).matches()) {
      files.add(entry);
    }
  }
}
