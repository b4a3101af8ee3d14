package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import java.util.List;
import java.util.Map;

/**
 * A denoiser without weights: what it predicts for a row depends on the row's sample, timestep and
 * condition, and on nothing else.
 */
public final class ToyNetwork implements RowNetwork {

  static final String STRENGTH = "strength";

  @Override
  public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
    HostTensor.Floats sample = (HostTensor.Floats) inputs.get("sample");
    float[] timesteps = ((HostTensor.Floats) inputs.get("timestep")).values();
    float[] strengths = ((HostTensor.Floats) inputs.get(STRENGTH)).values();
    float[] values = sample.values();
    float[] predictions = new float[values.length];
    int perRow = values.length / timesteps.length;
    for (int i = 0; i < values.length; i++) {
      int row = i / perRow;
      predictions[i] = strengths[row] * (float) Math.tanh(values[i]) + timesteps[row] / 5000;
    }
    return Map.of("sample", new HostTensor.Floats(predictions, sample.shape()));
  }

  /** The answers to rows, each asked in one batch. */
  public List<Map<String, HostTensor.Floats>> ask(List<Row> rows) {
    return Row.unstack(run(new Stacks().batch(rows)), rows.size());
  }

  public static Condition condition(float strength) {
    return new Condition(
        Condition.Ports.UNET, Map.of(STRENGTH, new HostTensor.Floats(new float[] {strength}, 1)));
  }
}
