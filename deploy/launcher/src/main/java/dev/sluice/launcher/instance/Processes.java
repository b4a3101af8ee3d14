package dev.sluice.launcher.instance;

import java.util.List;

/**
 * How the work of an instance is spread over processes. The code and the messages are the same,
 * over the broker either way.
 */
public enum Processes {
  /** One for each service, as on a cluster: each has memory of its own and dies alone. */
  APART(Service.TEXT_ENCODER, Service.PRIOR, Service.DENOISER, Service.UPSCALER, Service.GATEWAY),
  /** One for all: it starts in less time and takes less memory. */
  TOGETHER(Service.TOGETHER);

  private final List<Service> services;

  Processes(Service... services) {
    this.services = List.of(services);
  }

  /** The processes. */
  public List<Service> services() {
    return services;
  }

  /** The one whose doors clients come to. */
  Service gateway() {
    return services.get(services.size() - 1);
  }
}
