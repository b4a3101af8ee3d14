package dev.sluice.trainer.distill;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** From where a scene is looked at, as texts can tell it. */
enum Direction {
  FRONT,
  SIDE,
  BACK,
  /** From more than 60 degrees up. */
  ABOVE;

  /** As users write it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Direction::word).toList();
  }
}
