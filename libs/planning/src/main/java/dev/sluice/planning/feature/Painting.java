package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;

/** A part of a picture that is painted anew, where a mask says. */
final class Painting implements Feature {

  @Override
  public void check(Asked asked) {
    boolean painted = !asked.request().getMask().isEmpty();
    if (painted && !asked.can(Ability.PICTURE_START) && !asked.can(Ability.EMBEDDING_PAINTING)) {
      throw asked.refused("mask", "Model %s does not paint into pictures; leave it out.");
    }
    if (painted && asked.can(Ability.EMBEDDING_PAINTING)) {
      checkEmbedding(asked);
    }
    if (asked.can(Ability.MASK_NEEDED) && asked.hasImage() && asked.request().getMask().isEmpty()) {
      throw asked.refused("mask", "Model %s paints into pictures; say where.");
    }
  }

  /** The picture is what is painted into, so that it cannot be what others are made of as well. */
  private static void checkEmbedding(Asked asked) {
    if (asked.varies() || asked.request().hasInterpolation()) {
      throw asked.refused(
          "mask", "Model %s paints what a prompt says; leave the mask out, or ask for that alone.");
    }
  }

  /** Whether what a prompt says is painted into a picture by a model that starts from noise. */
  static boolean ofEmbedding(Asked asked) {
    return asked.can(Ability.EMBEDDING_PAINTING) && !asked.request().getMask().isEmpty();
  }
}
