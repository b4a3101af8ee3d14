package dev.sluice.gateway.door.json;

import dev.sluice.contract.v1.ModelStatus;
import java.util.Locale;
import java.util.Map;

/** What workers say of a model, as answers have it. */
public final class ModelStatusTree {

  private ModelStatusTree() {}

  /** The state in small letters: {@code on_demand}. */
  public static String state(ModelStatus status) {
    return status.getState().name().toLowerCase(Locale.ROOT);
  }

  /** Adds how far it is loaded, and why it is not served, where there is such to say. */
  public static void addDetails(ModelStatus status, Map<String, Object> json) {
    if (status.hasLoading()) {
      json.put("component", status.getLoading().getComponent());
      json.put("bytes", status.getLoading().getBytes());
      json.put("total", status.getLoading().getTotal());
    }
    if (!status.getReason().isEmpty()) {
      json.put("reason", status.getReason());
    }
  }
}
