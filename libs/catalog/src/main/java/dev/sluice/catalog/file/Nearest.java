package dev.sluice.catalog.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What a caller may have meant by a name that there is not. */
public final class Nearest {

  /** Of how many characters one may be wrong. */
  private static final int CHARACTERS_AN_ERROR = 3;

  private static final int SHORTEST_PART = 3;
  private static final int LONGEST = 100;

  private Nearest() {}

  /**
   * The name that is written most like {@code given}: case and whatever is neither letter nor digit
   * count for nothing. If there is none, the shortest of which it is a part, or that is a part of
   * it.
   */
  public static Optional<String> to(String given, Collection<String> names) {
    String bare = bare(given);
    if (bare.isEmpty() || bare.length() > LONGEST) {
      return Optional.empty();
    }
    Optional<String> close =
        names.stream()
            .filter(name -> distance(bare, bare(name)) <= bare.length() / CHARACTERS_AN_ERROR)
            .min(Comparator.comparingInt(name -> distance(bare, bare(name))));
    return close.or(
        () ->
            names.stream()
                .filter(name -> isPart(bare, bare(name)))
                .min(
                    Comparator.comparing((String name) -> !bare(name).startsWith(bare))
                        .thenComparingInt(name -> Math.abs(bare(name).length() - bare.length()))));
  }

  /** {@link #to} as a sentence with a space before it; empty if there is none. */
  public static String hint(String given, Collection<String> names) {
    return to(given, names).map(" Did you mean %s?"::formatted).orElse("");
  }

  private static boolean isPart(String given, String name) {
    return given.length() >= SHORTEST_PART && name.contains(given)
        || name.length() >= SHORTEST_PART && given.contains(name);
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Characters to insert, take out or exchange (Levenshtein 1966). */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int exchanged = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(exchanged, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
