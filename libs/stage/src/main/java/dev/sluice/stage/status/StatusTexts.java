package dev.sluice.stage.status;

import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;

/** Statuses in words, for health checks. */
public final class StatusTexts {

  private StatusTexts() {}

  /** {@code loading unet, 1.2 of 1.7 GB}, for instance. */
  public static String of(ModelStatus model) {
    return switch (model.getState()) {
      case ON_DEMAND -> "on demand";
      case LOADING -> "loading " + of(model.getLoading());
      case LOADED ->
          model.getPrecision().isEmpty() ? "loaded" : "loaded in " + model.getPrecision();
      case LEFT_OUT -> "left out: " + model.getReason();
      default -> "unknown";
    };
  }

  /** {@code unet, 1.2 of 1.7 GB}. */
  public static String of(ComponentLoading loading) {
    String amount = ByteCounts.text(loading.getBytes(), loading.getTotal());
    return loading.getComponent().isEmpty() ? amount : loading.getComponent() + ", " + amount;
  }

  /** {@code 1.2 of 6.0 GB}. */
  public static String of(MemoryStatus memory) {
    return ByteCounts.text(memory.getUsed(), memory.getBudget());
  }
}
