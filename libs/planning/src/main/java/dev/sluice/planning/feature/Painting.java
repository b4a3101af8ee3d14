package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;

/** A part of a picture that is painted anew, where a mask says. */
final class Painting implements Feature {

  @Override
  public void check(Asked asked) {
    if (!asked.request().getMask().isEmpty() && !asked.can(Ability.PICTURE_START)) {
      throw asked.refused("mask", "Model %s does not paint into pictures; leave it out.");
    }
    if (asked.can(Ability.MASK_NEEDED) && asked.hasImage() && asked.request().getMask().isEmpty()) {
      throw asked.refused("mask", "Model %s paints into pictures; say where.");
    }
  }
}
