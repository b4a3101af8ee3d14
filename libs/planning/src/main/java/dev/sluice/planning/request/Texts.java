package dev.sluice.planning.request;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;

/** Strings that come from callers. */
public final class Texts {

  private static final int LONGEST_SHOWN = 2000;

  private Texts() {}

  /**
   * Checks that every string of a message is a text: JSON's escapes can spell halves of characters,
   * which no encoding has, and NUL ends texts elsewhere.
   *
   * @throws RequestException with the path of the field
   */
  public static void check(Message message) {
    check(message, "");
  }

  private static void check(Message message, String path) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated()) {
                List<?> values = (List<?>) value;
                for (int i = 0; i < values.size(); i++) {
                  check(field, values.get(i), path + field.getName() + "[" + i + "]");
                }
              } else {
                check(field, value, path + field.getName());
              }
            });
  }

  private static void check(FieldDescriptor field, Object value, String path) {
    if (value instanceof Message message) {
      check(message, path + ".");
    } else if (value instanceof String text
        && !field.getName().endsWith("model")
        && !isWhole(text)) {
      // A model's name that is none is told with the names that there are.
      throw RequestException.invalid(
          path,
          "The field %s has half a character (a lone surrogate) or NUL in it; take that out."
              .formatted(path));
    }
  }

  private static boolean isWhole(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || isHalf(c));
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** What was sent, as it may be quoted in an answer. */
  public static String quotable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(LONGEST_SHOWN)
        .forEach(c -> shown.appendCodePoint(c == 0 || isHalf(c) ? 0xfffd : c));
    return shown.toString();
  }
}
