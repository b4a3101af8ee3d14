package dev.sluice.gateway;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.gateway.cluster.Cluster;
import dev.sluice.gateway.cluster.Queues;
import dev.sluice.gateway.config.GatewaySettings;
import dev.sluice.gateway.config.KafkaAddress;
import dev.sluice.gateway.door.openai.ModelAliases;
import dev.sluice.gateway.door.openai.PictureLinks;
import dev.sluice.gateway.work.AcceptedWorks;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.TaskWriter;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.gateway.work.WorkStates;
import dev.sluice.gateway.work.WorkerChecks;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.StagePools;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.blob.BlobStores;
import dev.sluice.stage.bucket.S3Settings;
import dev.sluice.stage.kafka.KafkaSettings;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.Payloads;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts that know nothing of the container. */
class GatewayBeans {

  @Produces
  @Singleton
  KafkaAddress kafka(Config config) {
    return new KafkaAddress(KafkaSettings.of(config));
  }

  @Produces
  @Singleton
  ModelCatalog catalog(StageConfig settings) {
    return new ModelCatalog(settings.models());
  }

  @Produces
  @Singleton
  ModelAliases aliases(GatewaySettings own, ModelCatalog catalog) {
    return new ModelAliases(own.modelAliases(), catalog);
  }

  @Produces
  @Singleton
  PictureLinks links(BlobStore blobs, GatewaySettings own) {
    return new PictureLinks(blobs, own.linkLifetime());
  }

  @Produces
  @Singleton
  RoutePlanner planner(
      ModelCatalog catalog,
      StageConfig settings,
      GatewaySettings own,
      WorkRegistry works,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    ModelDigests digests = new ModelDigests(own.digests());
    Thread ahead = new Thread(() -> digests.prepare(catalog.models()), "model-digests");
    ahead.setDaemon(true);
    ahead.start();
    return new RoutePlanner(
        catalog,
        own.defaultModel(),
        new RecipeWriter(digests, version),
        works,
        StagePools.of(settings));
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
  BlobStore blobs(StageConfig settings, S3Settings s3) {
    return BlobStores.open(settings.blobs(), s3);
  }

  @Produces
  @Singleton
  Payloads payloads(BlobStore blobs, StageConfig settings) {
    return new Payloads(blobs, settings.inlineLimit());
  }

  @Produces
  @Singleton
  WorkRegistry works(BlobStore blobs, Payloads payloads, StageConfig settings) {
    return new WorkRegistry(blobs, payloads, settings.blobRetention());
  }

  @Produces
  @Singleton
  StatusBoard workers() {
    return new StatusBoard();
  }

  @Produces
  @Singleton
  Queues queues(KafkaAddress kafka) {
    return new Queues(kafka.settings());
  }

  void close(@Disposes Queues queues) {
    queues.close();
  }

  @Produces
  @Singleton
  Cluster cluster(StageConfig settings, StatusBoard workers, Queues queues) {
    return new Cluster(StagePools.of(settings), workers, queues::tasks);
  }

  @Produces
  @Singleton
  TaskWriter tasks(Outbox outbox, Payloads payloads) {
    return new TaskWriter(outbox, payloads);
  }

  @Produces
  @Singleton
  Admission admission(
      WorkRegistry works, TaskWriter tasks, StatusBoard workers, AcceptedWorks accepted) {
    return new Admission(works, tasks, new WorkerChecks(workers), accepted);
  }

  @Produces
  @Singleton
  AcceptedWorks accepted() {
    return new AcceptedWorks();
  }

  @Produces
  @Singleton
  WorkStates states(
      AcceptedWorks accepted, WorkRegistry works, Payloads payloads, StageConfig settings) {
    return new WorkStates(accepted, works, payloads, settings.blobRetention());
  }
}
