package dev.sluice.networks.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.HostTensor.Floats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class GraphWorkTest {

  @Test
  void products_countTwoForEachMultiplication() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      tf.linalg.matMul(
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(3, 5))),
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(5, 7))));

      assertThat(GraphWork.of(graph)).isEqualTo(2 * 3 * 5 * 7);
    }
  }

  @Test
  void convolutions_countTheFilterAtEveryPlace() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      tf.nn.conv2d(
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, 8, 8, 4))),
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(3, 3, 4, 6))),
          List.of(1L, 2L, 2L, 1L),
          "SAME");

      assertThat(GraphWork.of(graph)).isEqualTo(2.0 * 2 * 4 * 4 * 6 * (3 * 3 * 4));
    }
  }

  /** Stable Diffusion 1.5 is known for 401.6e9 multiply-adds a row at 64x64 and 77 tokens. */
  @Test
  void unetOfStableDiffusion15_isAsMuchAsIsKnownOfIt() {
    Architecture unet =
        Architectures.of(
            Config.of(
                Map.of(
                    "_class_name", "UNet2DConditionModel",
                    "cross_attention_dim", 768,
                    "attention_head_dim", 8,
                    "block_out_channels", List.of(320, 640, 1280, 1280),
                    "layers_per_block", 2,
                    "sample_size", 64)));
    Map<String, HostTensor> inputs =
        Map.of(
            "sample", new Floats(new float[4 * 64 * 64], 1, 4, 64, 64),
            "timestep", new Floats(new float[1], 1),
            "encoder_hidden_states", new Floats(new float[77 * 768], 1, 77, 768));

    assertThat(GraphWork.of(unet, inputs)).isCloseTo(2 * 401.6e9, within(4e9));
  }
}
