package dev.sluice.diffusion;

import dev.sluice.diffusion.config.Ability;
import java.util.Arrays;
import java.util.List;

/** What networks were trained to undo. */
enum ForwardProcess {
  DIFFUSION("a model of diffusion over discrete timesteps"),
  FLOW("a model of rectified flow"),
  EDM("a model of EDM's preconditioning");

  private final String text;

  ForwardProcess(String text) {
    this.text = text;
  }

  /** For messages. */
  String text() {
    return text;
  }

  boolean isSampledBy(SamplerKind kind) {
    return switch (this) {
      case DIFFUSION -> !kind.can(Ability.STRAIGHT) && !kind.can(Ability.EDM);
      case FLOW -> kind.can(Ability.STRAIGHT) || kind.can(Ability.FLOWING);
      case EDM -> kind.can(Ability.EDM);
    };
  }

  /** The names of those that sample it. */
  List<String> samplers() {
    return Arrays.stream(SamplerKind.values())
        .filter(this::isSampledBy)
        .map(SamplerKind::className)
        .toList();
  }
}
