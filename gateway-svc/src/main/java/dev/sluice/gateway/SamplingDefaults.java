package dev.sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.StageSettings;
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
    if (!root.has(stage)) {
      return kind;
    }
    StageSettings.Builder given = StageSettings.newBuilder();
    try {
      JsonFormat.parser().merge(root.get(stage).toString(), given);
      RequestChecks.checkSettings(stage, given.build());
    } catch (InvalidProtocolBufferException | RequestException e) {
      throw new IllegalStateException("%s: %s: %s".formatted(file, stage, e.getMessage()), e);
    }
    return SettingsOverlay.overlay(kind, given.build());
  }
}
