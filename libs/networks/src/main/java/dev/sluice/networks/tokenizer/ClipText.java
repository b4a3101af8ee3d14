package dev.sluice.networks.tokenizer;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The clean-up of text before CLIP's byte-pair encoding, as transformers' {@code CLIPTokenizer}
 * does it: control characters go, white space becomes single spaces, ideographs stand alone,
 * letters are composed (NFC) and lower case.
 */
final class ClipText {

  private ClipText() {}

  static String clean(String text) {
    StringBuilder spaced = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isSpace(c)) {
                spaced.append(' ');
              } else if (isIdeograph(c)) {
                spaced.append(' ').appendCodePoint(c).append(' ');
              } else if (!isDropped(c)) {
                spaced.appendCodePoint(c);
              }
            });
    String composed = Normalizer.normalize(spaced, Normalizer.Form.NFC);
    return composed.toLowerCase(Locale.ROOT).strip().replaceAll(" +", " ");
  }

  private static boolean isSpace(int c) {
    return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  /**
   * Control, format and private characters. Unassigned ones stay: they are letters and emoji that
   * are newer than this JDK.
   */
  private static boolean isDropped(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> c == 0xFFFD;
    };
  }

  /** The blocks of CJK ideographs that BERT's tokenizer lists. */
  private static boolean isIdeograph(int c) {
    return c >= 0x4E00 && c <= 0x9FFF
        || c >= 0x3400 && c <= 0x4DBF
        || c >= 0x20000 && c <= 0x2A6DF
        || c >= 0x2A700 && c <= 0x2B73F
        || c >= 0x2B740 && c <= 0x2B81F
        || c >= 0x2B820 && c <= 0x2CEAF
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0x2F800 && c <= 0x2FA1F;
  }
}
