package dev.sluice.gateway.door.json;

import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** Files in texts. */
final class Base64Text {

  private static final Pattern HEAD =
      Pattern.compile("data:[^,]*;\\s*base64\\s*,", Pattern.CASE_INSENSITIVE);

  private static final int LONGEST_HEAD = 1000;

  private Base64Text() {}

  /**
   * Decodes base64 (RFC 4648) in either alphabet, with or without white space and padding, or a
   * data URL (RFC 2397) with it, where signs may be escaped.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  static byte[] decode(String text) {
    String start = text.substring(0, Math.min(text.length(), LONGEST_HEAD)).stripLeading();
    if (!start.toLowerCase(Locale.ROOT).startsWith("data:")) {
      return Base64.getDecoder().decode(signs(text, 0));
    }
    int skipped = text.length() - text.stripLeading().length();
    int comma = text.indexOf(',', skipped);
    if (comma < 0 || !HEAD.matcher(text.substring(skipped, comma + 1)).matches()) {
      throw new IllegalArgumentException("a data URL without base64");
    }
    return Base64.getDecoder().decode(signs(text, comma + 1));
  }

  private static byte[] signs(String text, int start) {
    byte[] signs = new byte[text.length() - start];
    int length = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && start > 0) {
        c = (char) Integer.parseInt(text, i + 1, Math.min(text.length(), i + 3), 16);
        i += 2;
      }
      if (c > 0x7f) {
        throw new IllegalArgumentException("no sign of base64");
      }
      if (!Character.isWhitespace(c)) {
        signs[length++] = (byte) (c == '-' ? '+' : c == '_' ? '/' : c);
      }
    }
    return Arrays.copyOf(signs, length);
  }
}
