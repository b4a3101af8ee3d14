package dev.sluice.contract;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;

/** How much can be asked for, at whichever door, and how ranges are checked. */
public final class Limits {

  /** Pictures of a request. */
  public static final int IMAGES = 16;

  /** Picture embeddings of which a prior chooses one. */
  public static final int PRIOR_CANDIDATES = 16;

  /** Previews of a picture, where their number is asked for. */
  public static final int PREVIEWS = 16;

  /** Denoising steps, and steps from one whole run of a network to the next. */
  public static final int STEPS = 1000;

  /** Characters (code points) of a prompt. */
  public static final int TEXT = 1000;

  /** Characters of a tenant's name. */
  public static final int TENANT = 128;

  /** How long somebody can wait. */
  public static final Duration TIMEOUT = Durations.fromDays(7);

  private Limits() {}

  /**
   * Checks a prompt.
   *
   * @throws OutOfRangeException if it is longer than {@link #TEXT}
   */
  public static void checkText(String field, String text) {
    int length = text.codePointCount(0, text.length());
    if (length > TEXT) {
      throw new OutOfRangeException(
          field, "%d characters; expected at most %d".formatted(length, TEXT));
    }
  }

  /**
   * Checks a number that is at least 0.
   *
   * @throws OutOfRangeException if it is not, or above {@code most}
   */
  public static void checkRange(String field, double value, double most) {
    // Written so that NaN, which is in no order with any number, fails too.
    if (!(value >= 0 && value <= most)) {
      throw new OutOfRangeException(
          field, "%s is %s; give a number from 0 to %.0f".formatted(field, value, most));
    }
  }

  /**
   * Checks a number of things, as an unsigned field of a message has it: negative ones are huge.
   *
   * @throws OutOfRangeException if it is not 1 to {@code most}
   */
  public static void checkCount(String field, int count, int most) {
    if (Integer.compareUnsigned(count - 1, most) >= 0) {
      throw new OutOfRangeException(
          field, "%s is %s; give 1 to %d".formatted(field, Integer.toUnsignedString(count), most));
    }
  }
}
