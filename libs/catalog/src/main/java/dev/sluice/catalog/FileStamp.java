package dev.sluice.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What tells cheaply whether a model's files are still the same: a digest of their names, sizes and
 * times, in which every process that sees the same files agrees. No content is read.
 */
final class FileStamp {

  /** What components are loaded from; weights in other formats may lie beside and mean nothing. */
  private static final Pattern COUNTED =
      Pattern.compile(".*\\.(safetensors|json|txt|model)", Pattern.CASE_INSENSITIVE);

  private FileStamp() {}

  /**
   * The stamp of a model, or of one of its components.
   *
   * @param depth how far below {@code folder} files count: 1 for those right in it
   * @throws UncheckedIOException if it cannot be listed
   */
  static String of(Path folder, int depth) {
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
    } catch (NoSuchFileException e) {
      // A file that goes while it is looked at makes another stamp, as it should.
      digest.update((byte) 0);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The files that a model is loaded from, sorted; those behind links among them. */
  static List<Path> files(Path folder, int depth) throws IOException {
    try (Stream<Path> files = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
      return files
          .filter(file -> COUNTED.matcher(file.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
