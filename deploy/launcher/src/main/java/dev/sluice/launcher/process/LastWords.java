package dev.sluice.launcher.process;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a process ended or does not start, in a sentence, from its log. Our own processes end with a
 * line {@code FATAL: reason}; the virtual machine, Quarkus and Kafka say it in ways of their own.
 */
final class LastWords {

  private static final Pattern FATAL = Pattern.compile("(?:^|\\s)FATAL: (.+)");
  private static final Pattern ERROR =
      Pattern.compile("^\\S+ \\S+ ERROR +\\[[^]]*] \\([^)]*\\) (.+)");
  private static final Pattern CAUSE = Pattern.compile("^Caused by: (?:[\\w.$]+: )?(.+)");
  private static final Pattern OF_A_TRACE = Pattern.compile("^\\s+(?:at |\\.\\.\\. \\d+ ).*");

  private static final int SIGKILL = 128 + 9;

  /** Something that befalls programs anywhere, and what to do about it. */
  private record Mishap(Pattern sign, String sentence) {

    Mishap(String sign, String sentence) {
      this(Pattern.compile(sign, Pattern.CASE_INSENSITIVE), sentence);
    }
  }

  private static final List<Mishap> MISHAPS =
      List.of(
          new Mishap(
              "address already in use|port\\(?s?\\)? already bound|failed to bind",
              "Another process listens on a port that it needs. Stop that one, or try again."),
          new Mishap(
              "UnsatisfiedLinkError.*(failed to map segment|operation not permitted|permission denied)"
                  + "|failed to map segment from shared object",
              "A native library cannot be loaded from where it was unpacked; the file system there"
                  + " is probably mounted noexec. Name folders on another one: JAVA_TOOL_OPTIONS="
                  + "\"-Djava.io.tmpdir=DIR -Dorg.bytedeco.javacpp.cachedir=DIR\" and"
                  + " DJL_CACHE_DIR=DIR."),
          new Mishap(
              "UnsatisfiedLinkError|no jni\\w+ in java\\.library\\.path",
              "A native library cannot be loaded. There are builds for Linux on x86-64 with glibc"
                  + " 2.27 or newer; the folder that they are unpacked to"
                  + " (-Dorg.bytedeco.javacpp.cachedir in JAVA_TOOL_OPTIONS) must be writable."),
          new Mishap(
              "no space left on device|disk quota exceeded",
              "The disk is full. Logs, blobs and the broker's data lie in the state folder"
                  + " (SLUICE_STATE), unpacked native libraries in ~/.javacpp."),
          new Mishap(
              "OutOfMemoryError: Java heap space|OutOfMemoryError: GC overhead",
              "Its Java heap is full. Ask for fewer or smaller pictures at once."),
          new Mishap(
              "insufficient memory for the Java Runtime|could not reserve enough space"
                  + "|cannot allocate memory|std::bad_alloc|unable to create native thread",
              "The machine has no memory left for it."),
          new Mishap(
              "UnsupportedClassVersionError|more recent version of the Java Runtime",
              "The Java that runs it is too old; Sluice needs 17 or newer. Set JAVA_HOME to one."),
          new Mishap(
              "timed out waiting for a node assignment|bootstrap broker .* disconnected"
                  + "|failed to update metadata after|no resolvable bootstrap urls",
              "The Kafka broker cannot be reached."));

  private LastWords() {}

  /**
   * The reason of a process that has ended.
   *
   * @param log the lines of its log
   * @param status its exit status
   */
  static String of(List<String> log, int status) {
    if (status == SIGKILL) {
      return "It was killed (signal 9), which the system does to what takes more memory than there"
          + " is.";
    }
    return of(log);
  }

  /** The reason that a log ends with. */
  static String of(List<String> log) {
    String own = last(log, FATAL);
    for (Mishap mishap : MISHAPS) {
      if (log.stream().anyMatch(line -> mishap.sign().matcher(line).find())) {
        return own.isEmpty() ? mishap.sentence() : own + " " + mishap.sentence();
      }
    }
    if (!own.isEmpty()) {
      return own;
    }
    String cause = last(log, CAUSE);
    if (!cause.isEmpty()) {
      return cause;
    }
    String error = last(log, ERROR);
    return error.isEmpty() ? lastLine(log) : error;
  }

  private static String last(List<String> log, Pattern pattern) {
    String found = "";
    for (String line : log) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        found = matcher.group(1).strip();
      }
    }
    return found;
  }

  private static String lastLine(List<String> log) {
    return log.stream()
        .filter(line -> !line.isBlank() && !OF_A_TRACE.matcher(line).matches())
        .reduce((earlier, later) -> later)
        .map(String::strip)
        .orElse("It said nothing.");
  }
}
