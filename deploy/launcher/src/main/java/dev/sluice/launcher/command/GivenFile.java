package dev.sluice.launcher.command;

import com.google.protobuf.ByteString;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures that a command names. */
final class GivenFile {

  private GivenFile() {}

  /**
   * The file as it is.
   *
   * @throws LaunchException if it cannot be read
   */
  static ByteString read(Path file) {
    try {
      return ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new LaunchException("The picture cannot be read: " + e, e);
    }
  }
}
