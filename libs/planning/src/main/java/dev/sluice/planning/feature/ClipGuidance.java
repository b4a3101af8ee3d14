package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;

/** Pictures that CLIP leads towards their prompt (Nichol et al. 2022, "GLIDE", section 2.3). */
final class ClipGuidance implements Feature {

  @Override
  public void check(Asked asked) {
    if (asked.request().getDenoiser().getClipScale() > 0 && !asked.can(Ability.CLIP_GUIDANCE)) {
      throw asked.refused(
          "denoiser.clip_scale",
          "Model %s has no CLIP that could judge its pictures; leave the scale out.");
    }
  }
}
