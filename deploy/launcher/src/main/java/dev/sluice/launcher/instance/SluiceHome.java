package dev.sluice.launcher.instance;

import dev.sluice.launcher.console.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The checkout that this launcher runs from: where the built services, the shipped models and the
 * state of a running instance lie.
 *
 * @param root the project's folder
 * @param state the folder for logs, broker data, blobs and the address of a running instance
 */
public record SluiceHome(Path root, Path state) {

  /** The model that ships and makes the pictures of who names none. */
  static final String USUAL_MODEL = "shapes-unclip";

  /**
   * The folder that the {@code sluice} script names, with its state in {@code .sluice} or where
   * {@code SLUICE_STATE} says.
   */
  public static SluiceHome locate() {
    String root = System.getProperty("sluice.home");
    if (root == null) {
      throw new LaunchException(
          "The system property sluice.home is not set. Start Sluice through the script `sluice` at the"
              + " project's root.");
    }
    Path home = Path.of(root).toAbsolutePath().normalize();
    String state = System.getenv("SLUICE_STATE");
    return new SluiceHome(
        home, state == null ? home.resolve(".sluice") : Path.of(state).toAbsolutePath());
  }

  public Path models() {
    return root.resolve("models");
  }

  /** The folder of the ScaledObjects that ship. */
  public Path scaledObjects() {
    return root.resolve("deploy/kubernetes/components/keda");
  }

  /** Whether the service can be started. */
  public boolean isBuilt(Service service) {
    return Files.isRegularFile(jar(service));
  }

  private Path jar(Service service) {
    return root.resolve(service.folder()).resolve("target/quarkus-app/quarkus-run.jar");
  }

  /** The service's runnable jar; an error says how to build it where it is missing. */
  Path runnableJar(Service service) {
    Path jar = jar(service);
    if (!isBuilt(service)) {
      throw new LaunchException(
          "The "
              + service.label()
              + " service is not built: "
              + jar
              + " is missing. Build it with ./mvnw -DskipTests package.");
    }
    return jar;
  }
}
