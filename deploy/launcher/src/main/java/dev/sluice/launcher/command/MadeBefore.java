package dev.sluice.launcher.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was made of the lines of a file, remembered beside the pictures, so that it is not made
 * again: for each file of pictures what was asked for.
 */
final class MadeBefore {

  private static final String OUT = "out";
  private static final String REQUEST = "request";

  private final Path journal;
  private final Map<String, String> requests = new LinkedHashMap<>();

  /**
   * @param out from which the names of pictures are made; the memory is called after it
   */
  MadeBefore(Path out) {
    this.journal = out.resolveSibling(out.getFileName() + ".made.jsonl");
    if (!Files.exists(journal)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(journal)) {
        remember(line);
      }
    } catch (IOException e) {
      throw new LaunchException("What was made before cannot be read: " + e, e);
    }
  }

  /** A line that was cut off by a crash tells nothing. */
  private void remember(String line) {
    try {
      JsonObject made = JsonParser.parseString(line).getAsJsonObject();
      requests.put(made.get(OUT).getAsString(), made.get(REQUEST).getAsString());
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      // Then its pictures are made again.
    }
  }

  /** Whether the pictures of the line are there, and are of just this request. */
  synchronized boolean holds(AskedLine line) {
    return line.digest().equals(requests.get(name(line)))
        && line.files().stream().allMatch(Files::isRegularFile);
  }

  synchronized void add(AskedLine line) {
    requests.put(name(line), line.digest());
    try {
      Files.writeString(
          journal,
          JsonLines.line(Map.of(OUT, name(line), REQUEST, line.digest())),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new LaunchException("What was made cannot be remembered: " + e, e);
    }
  }

  private static String name(AskedLine line) {
    return line.out().toAbsolutePath().normalize().toString();
  }
}
