package dev.sluice.networks.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class AttentionTest {

  private static final int KEYS = 2048;
  private static final int WIDTH = 8;
  private static final int HEADS = 2;

  /** Attention and nothing else. */
  private record Alone(int queries) implements Architecture {

    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      return Map.of(
          "mixed",
          Attention.attend(
              root,
              inputs.floats(root.tf(), "query"),
              inputs.floats(root.tf(), "key"),
              inputs.floats(root.tf(), "value"),
              HEADS,
              null));
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return inputs(queries);
    }
  }

  private static Map<String, HostTensor> inputs(int queries) {
    return Map.of("query", waves(1.3, queries), "key", waves(0.7, KEYS), "value", waves(2.9, KEYS));
  }

  private static HostTensor waves(double frequency, int tokens) {
    float[] values = new float[tokens * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(frequency * i);
    }
    return new HostTensor.Floats(values, 1, tokens, WIDTH);
  }

  private static float[] mixed(int queries) {
    try (Network network = Network.initialize(new Alone(queries), parameter -> new float[0])) {
      return network.run(inputs(queries), Set.of("mixed")).get("mixed").values();
    }
  }

  @Test
  void attend_inChunksGivesEveryQueryWhatItGetsAlone() {
    // Scores of 8 KB a query and head: of 2048 queries a block takes 512 of one head, of 256 both.
    float[] chunked = mixed(2048);
    float[] whole = mixed(256);

    assertThat(Arrays.copyOf(chunked, whole.length)).containsExactly(whole, Offset.offset(1e-6f));
  }
}
