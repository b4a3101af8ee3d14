package dev.sluice.planning.feature;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.SamplingSettings;
import java.util.Set;

/**
 * What sampling means where a picture is drawn code by code (Razavi et al. 2019): each code with
 * some temperature, among the likeliest, and with guidance. There is no schedule, and no noise.
 */
final class DrawnCodes implements Feature {

  private static final String STEPS = "steps";

  /** Settings of codes alone. */
  private static final Set<String> OF_CODES = Set.of("temperature", "top_k");

  private static final String GUIDANCE = "guidance_scale";

  @Override
  public void check(Asked asked) {
    SamplingSettings settings = asked.request().getDenoiser();
    boolean drawn = asked.can(Ability.DRAWN_CODES);
    for (FieldDescriptor field : settings.getAllFields().keySet()) {
      String name = field.getName();
      if (!drawn && OF_CODES.contains(name)) {
        throw asked.refused("denoiser." + name, "Model %s draws no codes; leave %s out.", name);
      }
      if (drawn && !OF_CODES.contains(name) && !name.equals(GUIDANCE)) {
        checkSteps(asked, name);
      }
    }
    if (drawn && asked.request().getInterpolation().hasSeed()) {
      throw asked.refused(
          "interpolation.seed",
          "Model %s draws codes and starts from no noise, so there is no way between two.");
    }
  }

  /** What is written down of a picture has a step for each code; it may be asked for again. */
  private static void checkSteps(Asked asked, String name) {
    int codes = asked.model().sampleSize().codes();
    if (!name.equals(STEPS) || asked.request().getDenoiser().getSteps() != codes) {
      throw asked.refused(
          "denoiser." + name,
          "Model %s makes one step for each of its %s codes and is set by its guidance_scale,"
              + " temperature and top_k only; leave %s out.",
          codes,
          name);
    }
  }
}
