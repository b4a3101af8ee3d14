package dev.sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.contract.v1.SamplingParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a model samples when a request says nothing: what {@code sampling_defaults.json} beside its
 * {@code model_index.json} gives, by stage, and else what its kind of pipeline does.
 *
 * <pre>{"prior": {"steps": 15, "guidance_scale": 2}, "denoiser": {"steps": 20}}</pre>
 */
final class SamplingDefaults {

  static final String FILE = "sampling_defaults.json";

  private final JsonNode root;
  private final Path file;

  private SamplingDefaults(JsonNode root, Path file) {
    this.root = root;
    this.file = file;
  }

  /**
   * Reads a model's file; one without any has none.
   *
   * @throws IllegalStateException if the file cannot be read
   */
  static SamplingDefaults of(Path model, ObjectMapper json) {
    Path file = model.resolve(FILE);
    try {
      JsonNode root = Files.exists(file) ? json.readTree(file.toFile()) : json.createObjectNode();
      return new SamplingDefaults(root, file);
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The sampling of a stage.
   *
   * @param stage {@code prior}, {@code denoiser} or {@code upscaler}
   * @param kind what the kind of pipeline does
   */
  SamplingParameters of(String stage, SamplingParameters kind) {
    JsonNode given = root.path(stage);
    SamplingParameters.Builder own = kind.toBuilder();
    if (given.has("steps")) {
      int steps = given.get("steps").asInt();
      if (steps < 1 || steps > RequestChecks.MAX_STEPS) {
        throw new IllegalStateException(
            "%s: %s.steps is %s; expected 1 to %d"
                .formatted(file, stage, given.get("steps"), RequestChecks.MAX_STEPS));
      }
      own.setSteps(steps);
    }
    if (given.has("guidance_scale")) {
      own.setGuidanceScale(given.get("guidance_scale").asDouble());
    }
    if (given.has("sampler")) {
      own.setSampler(given.get("sampler").asText());
    }
    return own.build();
  }
}
