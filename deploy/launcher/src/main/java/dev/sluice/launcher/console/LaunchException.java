package dev.sluice.launcher.console;

/**
 * Something that the user of the command line can act on; its message is printed without a trace.
 */
public final class LaunchException extends RuntimeException {

  public LaunchException(String message) {
    super(message);
  }

  public LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
