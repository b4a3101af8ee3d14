package dev.sluice.planning.request;

import dev.sluice.catalog.file.Nearest;
import dev.sluice.diffusion.Samplers;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names of samplers that callers know from other programs. */
final class SamplerNames {

  /** How k-diffusion's samplers begin, as web interfaces write them, without signs. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "dpm2m", "DPMSolverMultistepScheduler",
          "dpmpp2m", "DPMSolverMultistepScheduler",
          "dpm2s", "DPMSolverSinglestepScheduler",
          "dpmpp2s", "DPMSolverSinglestepScheduler",
          "dpm2a", "KDPM2AncestralDiscreteScheduler",
          "dpm2", "KDPM2DiscreteScheduler",
          "keulera", "EulerAncestralDiscreteScheduler",
          "keuler", "EulerDiscreteScheduler",
          "plms", "PNDMScheduler");

  private SamplerNames() {}

  /** What is wrong with a name that is none of ours, and what there is. */
  static String unknown(String given) {
    return "There is no sampler '%s'; there are %s.%s"
        .formatted(
            Texts.quotable(given),
            String.join(", ", Samplers.names()),
            meant(given).map(" Did you mean %s?"::formatted).orElse(""));
  }

  private static Optional<String> meant(String given) {
    String bare = given.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return ELSEWHERE.keySet().stream()
        .filter(bare::startsWith)
        .max((a, b) -> a.length() - b.length())
        .map(ELSEWHERE::get)
        .or(() -> Nearest.to(given, Samplers.names()));
  }
}
