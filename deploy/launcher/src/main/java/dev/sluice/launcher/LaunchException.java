package dev.sluice.launcher;

/**
 * Something that the user of the command line can act on; its message is printed without a trace.
 */
final class LaunchException extends RuntimeException {

  LaunchException(String message) {
    super(message);
  }

  LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
