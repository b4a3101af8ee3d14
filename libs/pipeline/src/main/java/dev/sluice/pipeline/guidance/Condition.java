package dev.sluice.pipeline.guidance;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * One way to ask a network about a sample: everything it is told besides the sample and the
 * timestep, which stays the same from step to step.
 */
public final class Condition {

  private final Ports ports;
  private final Row.Constants constants;
  private final HostTensor.Floats appended;

  /** The names under which a network takes a sample and gives its prediction. */
  public record Ports(String sample, String prediction) {

    /** diffusers' UNets. */
    public static final Ports UNET = new Ports("sample", "sample");

    /** diffusers' DiT and SD3. */
    public static final Ports TRANSFORMER = new Ports("hidden_states", "sample");

    /** diffusers' {@code PriorTransformer}. */
    public static final Ports PRIOR = new Ports("hidden_states", "predicted_image_embedding");
  }

  public Condition(Ports ports, Map<String, HostTensor> inputs) {
    this(ports, inputs, null);
  }

  /**
   * @param ports where the sample goes in and the prediction comes out
   * @param inputs constant inputs by the network's names, each of one row
   * @param appended channels {@code [1, channels, height, width]} put behind the sample's own, such
   *     as a picture to be enlarged; null for none
   */
  public Condition(Ports ports, Map<String, HostTensor> inputs, HostTensor.Floats appended) {
    this.ports = ports;
    this.constants = new Row.Constants(inputs);
    this.appended = appended;
  }

  /** Where the sample goes in and the prediction comes out. */
  public Ports ports() {
    return ports;
  }

  /**
   * The row that asks about {@code sample} at {@code timestep}.
   *
   * @param sample {@code [1, ...]}
   */
  public Row row(HostTensor.Floats sample, float timestep) {
    return new Row(
        constants,
        Map.of(
            ports.sample(),
            appended == null ? sample : Tensors.channels(sample, appended),
            "timestep",
            Tensors.number(timestep)));
  }
}
