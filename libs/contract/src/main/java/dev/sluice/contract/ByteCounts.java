package dev.sluice.contract;

import java.util.Locale;

/** Amounts of memory as people read them: {@code 1.7 GB}. */
public final class ByteCounts {

  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};
  private static final double STEP = 1000;

  private ByteCounts() {}

  /** An amount, with two or three digits that count. */
  public static String text(long bytes) {
    int unit = unit(bytes);
    return number(bytes, unit) + " " + UNITS[unit];
  }

  /** How much of an amount there is, in the unit of the whole: {@code 1.2 of 1.7 GB}. */
  public static String text(long bytes, long total) {
    return number(bytes, unit(total)) + " of " + text(total);
  }

  private static int unit(long bytes) {
    int unit = 0;
    for (double rest = bytes; rest >= STEP - 0.5 && unit < UNITS.length - 1; rest /= STEP) {
      unit++;
    }
    return unit;
  }

  private static String number(long bytes, int unit) {
    double amount = bytes / Math.pow(STEP, unit);
    boolean whole = unit == 0 || amount >= 9.95;
    return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", amount);
  }
}
