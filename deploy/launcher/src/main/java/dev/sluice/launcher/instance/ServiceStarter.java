package dev.sluice.launcher.instance;

import dev.sluice.launcher.model.ModelSizes;
import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts the processes of an instance's services: all see the same models, broker and folder. */
final class ServiceStarter {

  static final String LOOPBACK = "127.0.0.1";

  private static final String PRELOAD = "SLUICE_SERVING_PRELOAD";

  private final SluiceHome home;
  private final RunFolder run;
  private final Path models;
  private final List<String> preload;
  private final String bootstrapServers;

  /**
   * @param models the folder that holds the model folders
   * @param preload the models to load at once; empty for the usual one, where it is there, and else
   *     for what the environment says or the services choose
   * @param bootstrapServers the broker's address
   */
  ServiceStarter(
      SluiceHome home, RunFolder run, Path models, List<String> preload, String bootstrapServers) {
    this.home = home;
    this.run = run;
    this.models = models;
    this.preload = preload;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts one.
   *
   * @param name in messages and of its log
   * @param http the port for health and metrics, and of the gateway for HTTP
   * @param grpc the port for gRPC
   */
  ChildProcess start(Service service, String name, int http, int grpc) {
    List<String> command = ChildJvm.ofService(service.heap(), ModelSizes.anyLarge(models));
    command.addAll(List.of("-jar", home.runnableJar(service).toString()));
    return ChildProcess.start(
        name, command, environment(http, grpc), run.logs().resolve(name + ".log"));
  }

  private Map<String, String> environment(int http, int grpc) {
    Map<String, String> environment = new HashMap<>();
    if (!preload.isEmpty()) {
      environment.put(PRELOAD, String.join(",", preload));
    } else if (!System.getenv().containsKey(PRELOAD)
        && Files.isDirectory(models.resolve(SluiceHome.USUAL_MODEL))) {
      // Each further model that ships would make every start longer.
      environment.put(PRELOAD, SluiceHome.USUAL_MODEL);
    }
    environment.putAll(
        Map.of(
            "QUARKUS_HTTP_HOST",
            LOOPBACK,
            "QUARKUS_HTTP_PORT",
            Integer.toString(http),
            "QUARKUS_GRPC_SERVER_HOST",
            LOOPBACK,
            "QUARKUS_GRPC_SERVER_PORT",
            Integer.toString(grpc),
            "KAFKA_BOOTSTRAP_SERVERS",
            bootstrapServers));
    environment.putAll(
        Map.of(
            "SLUICE_MODELS",
            models.toString(),
            "SLUICE_BLOBS",
            run.blobs().toString(),
            "SLUICE_GATEWAY_DIGESTS",
            run.digests().toString(),
            "SLUICE_EXIT_WITH_PARENT",
            "true",
            "TF_ENABLE_ONEDNN_OPTS",
            "1",
            "TF_CPP_MIN_LOG_LEVEL",
            "2",
            // Six virtual machines that start on a busy machine block each other; that is no fault.
            "QUARKUS_VERTX_WARNING_EXCEPTION_TIME",
            "60s"));
    environment.putAll(NativeMemory.environment());
    return environment;
  }
}
