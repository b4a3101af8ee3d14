package dev.sluice.gateway.door.http;

import java.util.Collection;
import java.util.List;

/** Sentences as values of the header {@code warning} (RFC 7234, section 5.5). */
public final class WarningHeaders {

  /** "Miscellaneous persistent warning", of an agent whose name is a pseudonym. */
  private static final String FORM = "299 sluice \"%s\"";

  private static final int LONGEST = 500;
  private static final int MOST = 8;

  private WarningHeaders() {}

  /** One value each; what headers cannot hold, or not for certain, is a question mark there. */
  public static List<String> of(Collection<String> warnings) {
    return warnings.stream().limit(MOST).map(WarningHeaders::value).toList();
  }

  private static String value(String warning) {
    String text = warning.length() <= LONGEST ? warning : warning.substring(0, LONGEST);
    return FORM.formatted(text.replaceAll("[^ -~]", "?").replaceAll("([\\\\\"])", "\\\\$1"));
  }
}
