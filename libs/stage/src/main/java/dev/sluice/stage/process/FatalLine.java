package dev.sluice.stage.process;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The line that a process which cannot go on ends its log with: {@code FATAL: reason}. Whoever
 * started it shows the reason to people, who should not have to look for it among stack traces.
 */
public final class FatalLine {

  private FatalLine() {}

  /** The line, in one line, with the reasons of the reasons. */
  public static String of(Throwable failure) {
    Set<String> reasons = new LinkedHashSet<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      // An Error's message alone seldom says what kind of thing has failed.
      String said = cause instanceof Error ? cause.toString() : reason;
      if (reasons.stream().noneMatch(before -> before.contains(reason))) {
        reasons.add(said.strip().replaceAll("\\s*\\R\\s*", " "));
      }
    }
    return reasons.stream().collect(Collectors.joining(": ", "FATAL: ", ""));
  }
}
