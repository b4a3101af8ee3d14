package dev.sluice.networks.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LayersTest {

  private static final int CHANNELS = 1024;
  private static final int OUT = 512;
  private static final int SIDE = 3;

  /** A convolution of few pixels and many channels, as it is run and as it is differentiated. */
  private record Convolution() implements Architecture {

    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      Ops tf = root.tf();
      Operand<TFloat32> x = inputs.image(tf, "x");
      Operand<TFloat32> differentiable = Layers.conv2d(root.withGradient(), x, OUT, 3, 1, 1);
      Operand<TFloat32> sum = tf.reduceSum(differentiable, tf.constant(new int[] {0, 1, 2, 3}));
      return Map.of(
          "run", Layers.conv2d(root, x, OUT, 3, 1, 1),
          "differentiable", differentiable,
          "gradient", Gradients.of(tf, sum, inputs.floats(tf, "x")));
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return Map.of("x", waves(CHANNELS, SIDE));
    }
  }

  /** GEGLU's layer alone. */
  private record Gated() implements Architecture {

    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      return Map.of("y", Layers.gated(root, inputs.floats(root.tf(), "x"), 2));
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return Map.of("x", new HostTensor.Floats(new float[] {2, -1, 0.5f}, 1, 1, 3));
    }
  }

  private static HostTensor.Floats waves(int channels, int side) {
    return new HostTensor.Floats(waves(channels * side * side, 1.3), 1, channels, side, side);
  }

  private static float[] waves(int count, double frequency) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(frequency * i + 0.2);
    }
    return values;
  }

  private static float[] weights(Parameter parameter) {
    return waves(Math.toIntExact(parameter.size()), 0.7);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void conv2d_overPatchesGivesWhatTheConvolutionGives() {
    Convolution convolution = new Convolution();
    try (Network network = Network.initialize(convolution, LayersTest::weights)) {
      Map<String, HostTensor.Floats> outputs = network.run(convolution.exampleInputs());
      assertThat(outputs.get("run").values())
          .containsExactly(outputs.get("differentiable").values(), Offset.offset(0.01f));
      assertThat(largest(outputs.get("run").values())).isGreaterThan(1);
      assertThat(largest(outputs.get("gradient").values())).isGreaterThan(0.1f);
    }
  }

  @Test
  void gated_multipliesTheFirstHalfByTheGateOfTheSecond() {
    float[] weight = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1};
    float[] bias = {0.5f, 0, 0, -1};
    Gated gated = new Gated();
    try (Network network =
        Network.initialize(gated, p -> p.name().equals("weight") ? weight : bias)) {
      // 2.5 * gelu(0.5) and -1 * gelu(0.5)
      assertThat(network.run(gated.exampleInputs()).get("y").values())
          .containsExactly(new float[] {0.864328f, -0.345731f}, Offset.offset(1e-5f));
    }
  }
}
