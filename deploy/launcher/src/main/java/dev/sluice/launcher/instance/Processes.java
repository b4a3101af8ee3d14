package dev.sluice.launcher.instance;

import dev.sluice.autoscaling.ScaledObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How the work of an instance is spread over processes. The code and the messages are the same,
 * over the broker either way.
 */
public final class Processes {

  /** One for each service, as on a cluster: each has memory of its own and dies alone. */
  public static final Processes APART =
      new Processes(
          List.of(
              Service.TEXT_ENCODER,
              Service.PRIOR,
              Service.DENOISER,
              Service.UPSCALER,
              Service.GATEWAY),
          Map.of());

  /** One for all: it starts in less time and takes less memory. */
  public static final Processes TOGETHER = new Processes(List.of(Service.TOGETHER), Map.of());

  private final List<Service> services;
  private final Map<Service, ScaledObject.Spec> scaled;

  private Processes(List<Service> services, Map<Service, ScaledObject.Spec> scaled) {
    this.services = services;
    this.scaled = scaled;
  }

  /**
   * One for each service, but for these as many as there is work for.
   *
   * @param stages between which numbers and how fast, by the stage's name
   */
  public static Processes scaled(Map<String, ScaledObject.Spec> stages) {
    List<Service> services = new ArrayList<>(List.of(Service.SCALER));
    Map<Service, ScaledObject.Spec> scaled = new EnumMap<>(Service.class);
    for (Service service : APART.services) {
      ScaledObject.Spec spec = stages.get(service.label());
      if (spec == null) {
        services.add(service);
      } else {
        scaled.put(service, spec);
      }
    }
    return new Processes(List.copyOf(services), scaled);
  }

  /** Those that have one process for as long as the instance lives. */
  public List<Service> services() {
    return services;
  }

  /** Those that have as many as there is work for. */
  Map<Service, ScaledObject.Spec> scaled() {
    return scaled;
  }

  /** The one whose doors clients come to. */
  Service gateway() {
    return services.get(services.size() - 1);
  }
}
