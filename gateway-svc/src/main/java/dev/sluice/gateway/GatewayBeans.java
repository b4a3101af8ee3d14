package dev.sluice.gateway;

import dev.sluice.stage.FolderBlobStore;
import dev.sluice.stage.Outbox;
import dev.sluice.stage.Payloads;
import dev.sluice.stage.StageSettings;
import dev.sluice.stage.StatusBoard;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts that know nothing of the container. */
class GatewayBeans {

  @Produces
  @Singleton
  KafkaAddress kafka(
      @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092")
          String bootstrapServers) {
    return new KafkaAddress(bootstrapServers);
  }

  @Produces
  @Singleton
  RoutePlanner planner(
      StageSettings settings,
      GatewaySettings own,
      Payloads payloads,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new RoutePlanner(
        new ModelCatalog(settings.models()),
        own.defaultModel(),
        new RecipeWriter(new ModelDigests(), version),
        payloads);
  }

  @Produces
  @Singleton
  Outbox outbox(KafkaAddress kafka) {
    return new Outbox(kafka.settings());
  }

  void close(@Disposes Outbox outbox) {
    outbox.close();
  }

  @Produces
  @Singleton
  Payloads payloads(StageSettings settings) {
    return new Payloads(new FolderBlobStore(settings.blobs()), settings.inlineLimit());
  }

  @Produces
  @Singleton
  StatusBoard workers() {
    return new StatusBoard();
  }

  @Produces
  @Singleton
  TaskWriter tasks(Outbox outbox, Payloads payloads) {
    return new TaskWriter(outbox, payloads);
  }
}
