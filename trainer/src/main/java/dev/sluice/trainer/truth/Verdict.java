package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Scene;
import java.util.EnumSet;
import java.util.Set;

/**
 * How far a picture shows what was asked for.
 *
 * @param asked the aspects that the scene has
 * @param met those of them that the picture gets right
 */
public record Verdict(Set<Aspect> asked, Set<Aspect> met) {
  public Verdict {
    asked = Set.copyOf(asked);
    met = Set.copyOf(met);
    if (!asked.containsAll(met)) {
      throw new IllegalArgumentException("Met " + met + " but asked only for " + asked);
    }
  }

  /** Whether the picture gets this aspect right. */
  public boolean meets(Aspect aspect) {
    return met.contains(aspect);
  }

  /** Whether the picture gets everything right. */
  public boolean meetsAll() {
    return met.equals(asked);
  }

  static Set<Aspect> aspectsOf(Scene scene) {
    return scene instanceof Scene.Pair
        ? EnumSet.allOf(Aspect.class)
        : EnumSet.complementOf(EnumSet.of(Aspect.RELATION));
  }
}
