package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What {@code kubectl kustomize} makes of the folders, as a cluster would get it. */
final class Manifests {

  static final Path HOME = Path.of(System.getProperty("sluice.home"));
  static final Path FOLDER = HOME.resolve("deploy/kubernetes");

  /** Everything at once, of which the overlays are parts. */
  static final String EVERYTHING = "src/test/everything";

  /** A bucket in place of a volume, which cannot be had together. */
  static final String BUCKET = "src/test/s3";

  /** A stage in several pools. */
  static final String POOLS = "overlays/pools";

  /** The same, with further ones of a user's. */
  static final String POOLS_OF_ONES_OWN = "src/test/pools";

  static final List<String> ALL =
      List.of(
          "overlays/cpu",
          "overlays/gpu",
          "overlays/spot",
          EVERYTHING,
          BUCKET,
          "src/test/models-s3",
          POOLS,
          POOLS_OF_ONES_OWN);

  static final ObjectMapper YAML = new YAMLMapper(new YAMLFactory());

  private static final Map<String, List<JsonNode>> RENDERED = new HashMap<>();

  private Manifests() {}

  /**
   * The documents of a folder. Without {@code kubectl} the calling test is skipped: nothing else
   * says for certain what it would make of them.
   */
  static synchronized List<JsonNode> of(String folder) {
    Assumptions.assumeTrue(
        isInstalled("kubectl"), "there is no kubectl on the PATH to render the manifests with");
    return RENDERED.computeIfAbsent(folder, Manifests::render);
  }

  /** Whether a program is on the path. */
  static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  static Stream<JsonNode> of(String folder, String kind) {
    return of(folder).stream().filter(document -> document.path("kind").asText().equals(kind));
  }

  static List<Deployment> deployments(String folder) {
    return of(folder, "Deployment").map(Models::read).map(Deployment.class::cast).toList();
  }

  private static List<JsonNode> render(String folder) {
    try {
      Path errors = Files.createTempFile("kubectl", ".txt");
      Process process =
          new ProcessBuilder("kubectl", "kustomize", FOLDER.resolve(folder).toString())
              .redirectError(errors.toFile())
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      String problems = Files.readString(errors);
      Files.delete(errors);
      assertThat(status).as("kubectl kustomize %s: %s", folder, problems).isZero();
      assertThat(problems).as("warnings of %s", folder).isEmpty();
      return documents(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static List<JsonNode> documents(String yaml) throws IOException {
    return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
  }
}
