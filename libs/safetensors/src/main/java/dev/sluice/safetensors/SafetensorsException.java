package dev.sluice.safetensors;

import java.nio.file.Path;

/**
 * A checkpoint could not be read or written. The message names the file, the tensor where there is
 * one, what was expected and what was found.
 */
public class SafetensorsException extends UnusableWeightsException {

  private static final long serialVersionUID = 1L;

  public SafetensorsException(String message) {
    super(message);
  }

  public SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }

  static SafetensorsException of(Path file, String problem) {
    return new SafetensorsException(FileLabel.of(file) + ": " + problem);
  }

  static SafetensorsException of(Path file, String problem, Throwable cause) {
    return new SafetensorsException(FileLabel.of(file) + ": " + problem, cause);
  }
}
