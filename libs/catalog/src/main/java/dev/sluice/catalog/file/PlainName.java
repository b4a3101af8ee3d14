package dev.sluice.catalog.file;

import java.util.regex.Pattern;

/** What a model or a LoRA can be called: a plain name of a file or folder. */
public final class PlainName {

  /** The longest, in characters. */
  public static final int LONGEST = 128;

  /** No separators, no dots in front, so nothing leads outside. */
  public static final String PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0," + (LONGEST - 1) + "}";

  private static final Pattern NAME = Pattern.compile(PATTERN);

  private PlainName() {}

  /** Whether something is one. */
  public static boolean is(String name) {
    return NAME.matcher(name).matches();
  }
}
