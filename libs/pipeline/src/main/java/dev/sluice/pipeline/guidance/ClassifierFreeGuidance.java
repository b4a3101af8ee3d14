package dev.sluice.pipeline.guidance;

import static dev.sluice.diffusion.prediction.Guidance.classifierFree;
import static dev.sluice.diffusion.prediction.Guidance.classifierFreeWithVariance;
import static dev.sluice.diffusion.prediction.Guidance.rescale;

import java.util.List;

/** Two rows, the unconditional one first, as diffusers orders them. */
record ClassifierFreeGuidance(
    Condition unconditional, Condition conditional, double scale, double rescaling)
    implements Guidance {

  @Override
  public Guidance unguided() {
    return Guidance.none(conditional);
  }

  @Override
  public List<Condition> conditions() {
    return List.of(unconditional, conditional);
  }

  @Override
  public float[] combine(List<float[]> predictions, int sampleLength) {
    float[] without = predictions.get(0);
    float[] with = predictions.get(1);
    float[] guided =
        with.length == 2 * sampleLength
            ? classifierFreeWithVariance(without, with, scale)
            : classifierFree(without, with, scale);
    return rescaling > 0 ? rescale(guided, with, sampleLength, rescaling) : guided;
  }
}
