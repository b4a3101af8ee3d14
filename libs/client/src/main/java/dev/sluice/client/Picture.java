package dev.sluice.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A finished picture.
 *
 * @param id the service's own name of the work that it is of
 * @param requestId the label of its request
 * @param index within its request, from 0
 * @param seed makes it again
 * @param width in pixels
 * @param height in pixels
 * @param png a PNG file, with the recipe of the picture in it
 * @param took what each stage took, in their order, by the stage's name
 * @param warnings what its asker should know, in sentences
 */
public record Picture(
    String id,
    String requestId,
    int index,
    long seed,
    int width,
    int height,
    byte[] png,
    Map<String, Duration> took,
    List<String> warnings) {

  /**
   * Writes the picture; folders that are missing are made.
   *
   * @return the file
   * @throws UncheckedIOException if it cannot be written
   */
  public Path toFile(Path file) {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      return Files.write(file, png);
    } catch (IOException e) {
      throw new UncheckedIOException("The picture cannot be written to " + file, e);
    }
  }
}
