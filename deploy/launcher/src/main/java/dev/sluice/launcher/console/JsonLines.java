package dev.sluice.launcher.console;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;

/** What is told to programs: a JSON object in each line. */
public final class JsonLines {

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private JsonLines() {}

  /** One object of texts, numbers, truths, lists and maps, with the end of its line. */
  public static String line(Map<String, Object> object) {
    return GSON.toJson(object) + "\n";
  }
}
