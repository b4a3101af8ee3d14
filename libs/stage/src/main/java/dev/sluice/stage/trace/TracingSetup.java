package dev.sluice.stage.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends spans where the environment says, by the variables of OpenTelemetry's own: the SDK is
 * started if {@code OTEL_EXPORTER_OTLP_ENDPOINT} or {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT}
 * names a collector, and by nothing else.
 */
@ApplicationScoped
public class TracingSetup {

  private static final int BEFORE_ALL_OTHERS = 1;

  private final String application;
  private Optional<OpenTelemetrySdk> sdk = Optional.empty();

  TracingSetup(@ConfigProperty(name = "quarkus.application.name") String application) {
    this.application = application;
  }

  void start(@Observes @Priority(BEFORE_ALL_OTHERS) StartupEvent event) {
    sdk = of(System.getenv(), application);
    sdk.ifPresent(GlobalOpenTelemetry::set);
  }

  void stop(@Observes ShutdownEvent event) {
    // What was told last is what one looks for.
    sdk.ifPresent(OpenTelemetrySdk::close);
  }

  /**
   * The SDK as the environment wants it; empty if it names no collector.
   *
   * @param service what it is called where the environment does not say ({@code OTEL_SERVICE_NAME})
   */
  static Optional<OpenTelemetrySdk> of(Map<String, String> environment, String service) {
    if (!environment.containsKey("OTEL_EXPORTER_OTLP_ENDPOINT")
        && !environment.containsKey("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
      return Optional.empty();
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("otel.service.name", service);
    settings.put("otel.exporter.otlp.protocol", "http/protobuf");
    // Prometheus reads the metrics, and what keeps the logs reads the output.
    settings.put("otel.metrics.exporter", "none");
    settings.put("otel.logs.exporter", "none");
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_")) {
            settings.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    return Optional.of(
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> settings)
            .disableShutdownHook()
            .build()
            .getOpenTelemetrySdk());
  }
}
