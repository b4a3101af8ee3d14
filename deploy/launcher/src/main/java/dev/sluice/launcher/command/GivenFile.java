package dev.sluice.launcher.command;

import com.google.protobuf.ByteString;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** Pictures that a command names; as a mixin, the one that it is about and names first. */
final class GivenFile {

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The picture: PNG, JPEG or WebP.")
  private Path image;

  /**
   * The picture that the command is about.
   *
   * @throws LaunchException if it cannot be read
   */
  ByteString read() {
    return read(image);
  }

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
