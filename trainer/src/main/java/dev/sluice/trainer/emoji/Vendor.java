package dev.sluice.trainer.emoji;

/** Who drew a set, with its part of the package's name. */
public enum Vendor {
  /** Noto Emoji: what is learned. */
  GOOGLE,
  /** Twemoji: what the classifier is trained on. */
  TWITTER;

  String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
