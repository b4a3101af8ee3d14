package dev.sluice.pipeline.gradient;

import static dev.sluice.pipeline.request.TensorNames.CLASS_LABEL;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.loop.GuidedSample;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * Classifier guidance (Dhariwal and Nichol 2021, section 4): towards samples that a classifier of
 * noisy samples takes for a class, which may be one that the denoiser itself knows nothing of.
 */
final class ClassifierGuidance extends GradientGuidance {

  /** The component, a {@code NoisyClassifier}. */
  static final String COMPONENT = ModelFolder.CLASSIFIER;

  ClassifierGuidance(ModelFolder model, BatchLimit limit) {
    super(model.name() + "/" + COMPONENT, Components.network(model, COMPONENT), limit);
  }

  @Override
  double scale(GuidanceOptions options) {
    return options.classifierScale();
  }

  @Override
  Row row(DenoiseRequest request, int picture, GuidedSample sight) {
    return new Row(
        Map.of(
            "sample",
            sight.input(),
            "timestep",
            Tensors.number(sight.timestep()),
            "class_labels",
            request.input(picture, CLASS_LABEL)));
  }

  /** The classifier sees what the denoiser sees. */
  @Override
  double perInput(NoiseLevel level) {
    return 1;
  }
}
