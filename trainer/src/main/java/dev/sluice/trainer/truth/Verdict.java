package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Scene;
import java.util.EnumSet;
import java.util.Set;

/**
 * How far a picture shows what was asked for.
 *
 * @param scene what was asked for
 * @param met the aspects of it that the picture gets right
 * @param atoms the single things that it asks for, and how many of them are right
 */
public record Verdict(Scene scene, Set<Aspect> met, Atoms atoms) {
  public Verdict {
    met = Set.copyOf(met);
    if (!aspectsOf(scene).containsAll(met)) {
      throw new IllegalArgumentException("Met " + met + " but asked for " + scene);
    }
  }

  /** The aspects that the scene has. */
  public Set<Aspect> asked() {
    return aspectsOf(scene);
  }

  /** Whether the picture gets this aspect right. */
  public boolean meets(Aspect aspect) {
    return met.contains(aspect);
  }

  /** Whether the picture gets everything right. */
  public boolean meetsAll() {
    return met.equals(asked());
  }

  private static Set<Aspect> aspectsOf(Scene scene) {
    return scene instanceof Scene.Pair
        ? EnumSet.allOf(Aspect.class)
        : EnumSet.complementOf(EnumSet.of(Aspect.RELATION));
  }
}
