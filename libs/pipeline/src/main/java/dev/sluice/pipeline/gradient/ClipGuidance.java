package dev.sluice.pipeline.gradient;

import static dev.sluice.pipeline.request.TensorNames.TEXT_EMBEDS;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.transformer.ClipSimilarity;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.embed.ImagePreprocessing;
import dev.sluice.pipeline.loop.GuidedSample;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import java.util.List;
import java.util.Map;

/**
 * CLIP guidance (Nichol et al. 2022, "GLIDE", section 2.3): towards pictures whose embedding lies
 * near the caption's. GLIDE's CLIP was trained with noisy pictures; the one beside a model has seen
 * clean ones, and is shown the clean picture that the denoiser's answer stands for.
 */
final class ClipGuidance extends GradientGuidance {

  /** The component, a {@code CLIPVisionModelWithProjection}. */
  static final String COMPONENT = ImageEncoder.COMPONENT;

  ClipGuidance(ModelFolder model, BatchLimit limit) {
    super(model.name() + "/" + COMPONENT, network(model), limit);
  }

  private static Network network(ModelFolder model) {
    Config config = model.config(COMPONENT);
    ImagePreprocessing preprocessing =
        ImagePreprocessing.of(model, config.integer("image_size", ImageEncoder.CLIP_SIZE));
    ClipSimilarity similarity =
        new ClipSimilarity(
            ClipVisionModel.projected(config),
            floats(preprocessing.mean()),
            floats(preprocessing.deviation()));
    return Components.network(model, COMPONENT, similarity);
  }

  private static float[] floats(List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }

  @Override
  double scale(GuidanceOptions options) {
    return options.clipScale();
  }

  @Override
  Row row(DenoiseRequest request, int picture, GuidedSample sight) {
    return new Row(
        Map.of("sample", sight.original(), "text_embeds", request.input(picture, TEXT_EMBEDS)));
  }

  /** The chain rule, without the way back through the denoiser. */
  @Override
  double perInput(NoiseLevel level) {
    return level.originalPerInput();
  }
}
