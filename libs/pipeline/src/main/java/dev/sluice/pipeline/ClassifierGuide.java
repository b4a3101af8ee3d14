package dev.sluice.pipeline;

import static dev.sluice.pipeline.TensorNames.CLASS_LABEL;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.NoiseLevel;
import java.util.Map;

/**
 * Classifier guidance (Dhariwal and Nichol 2021, section 4): towards samples that a classifier of
 * noisy samples takes for a class, which may be one that the denoiser itself knows nothing of.
 */
final class ClassifierGuide extends Guide {

  /** The component, a {@code NoisyClassifier}. */
  static final String COMPONENT = ModelFolder.CLASSIFIER;

  ClassifierGuide(ModelFolder model, BatchLimit limit) {
    super(model.name() + "/" + COMPONENT, Components.network(model, COMPONENT), limit);
  }

  @Override
  double scale(GuidanceOptions options) {
    return options.classifierScale();
  }

  @Override
  Row row(DenoiseRequest request, int picture, Sight sight) {
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
