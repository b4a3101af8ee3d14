package dev.sluice.planning.sampling;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;

/**
 * How a model samples when a request says nothing: what {@code sampling_defaults.json} beside its
 * {@code model_index.json} gives, by stage, and else what its kind of pipeline does.
 *
 * <pre>{"prior": {"steps": 15, "guidance_scale": 2}, "denoiser": {"steps": 20}}</pre>
 */
public record SamplingDefaults(String model, Config file) {

  /** A model's; one without such a file has none. */
  public static SamplingDefaults of(ModelFolder model) {
    return new SamplingDefaults(model.name(), model.samplingDefaults());
  }

  /**
   * The sampling of a stage.
   *
   * @param stage {@code prior}, {@code denoiser} or {@code upscaler}
   * @param kind what the kind of pipeline does
   */
  public SamplingSettings of(String stage, SamplingSettings kind) {
    if (!file.has(stage)) {
      return kind;
    }
    SamplingSettings.Builder given = SamplingSettings.newBuilder();
    try {
      JsonFormat.parser().merge(file.json(stage), given);
      RequestChecks.checkSettings(stage, given.build());
    } catch (InvalidProtocolBufferException | RequestException e) {
      throw RequestException.modelUnusable(
          "Model %s cannot be served: %s: %s: %s"
              .formatted(model, ModelFolder.SAMPLING_DEFAULTS, stage, e.getMessage()));
    }
    return SettingsOverlay.overlay(kind, given.build());
  }
}
