package dev.sluice.networks.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.Initializer;
import dev.sluice.networks.weights.NormalWeights;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VqVae2ModelTest {

  private static final int SIDE = 16;
  private static final int ENTRIES = 6;
  private static final int SIZE = 3;
  private static final Config CONFIG =
      Config.of(
          Map.of(
              "in_channels",
              3,
              "out_channels",
              3,
              "patch_size",
              2,
              "block_out_channels",
              List.of(4, 8),
              "down_block_types",
              List.of("DownEncoderBlock2D", "DownEncoderBlock2D"),
              "up_block_types",
              List.of("UpDecoderBlock2D", "UpDecoderBlock2D"),
              "norm_num_groups",
              2,
              "num_vq_embeddings",
              ENTRIES,
              "vq_embed_dim",
              SIZE));

  private static final Map<String, float[]> BOOKS = new HashMap<>();
  private static Network network;

  @BeforeAll
  static void load() {
    Initializer weights = NormalWeights.of(1);
    network =
        Network.initialize(
            new VqVae2Model(CONFIG),
            parameter -> {
              float[] values = weights.values(parameter);
              BOOKS.put(parameter.name(), values);
              return values;
            });
  }

  @AfterAll
  static void free() {
    network.close();
  }

  private static HostTensor.Floats picture() {
    float[] values = new float[3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(0.37 * i);
    }
    return new HostTensor.Floats(values, 1, 3, SIDE, SIDE);
  }

  @Test
  void encode_choosesTheNearestEntryOnBothLevels() {
    Map<String, HostTensor.Floats> encoded = network.run(Map.of("x", picture()));
    assertThat(encoded.get("top_codes").shape()).containsExactly(1, 1, 2, 2);
    assertThat(encoded.get("bottom_codes").shape()).containsExactly(1, 1, 4, 4);
    for (String level : VqVae2Model.levels()) {
      float[] codes = encoded.get(level + "_codes").values();
      float[] values = encoded.get(level + "_encoded").values();
      float[] quantized = encoded.get(level + "_quantized").values();
      float[] book = BOOKS.get(VqVae2Model.codebook(level));
      for (int cell = 0; cell < codes.length; cell++) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int entry = 0; entry < ENTRIES; entry++) {
          double distance = 0;
          for (int i = 0; i < SIZE; i++) {
            double off = values[i * codes.length + cell] - book[entry * SIZE + i];
            distance += off * off;
          }
          if (distance < least) {
            least = distance;
            best = entry;
          }
        }
        assertThat((int) codes[cell]).isEqualTo(best);
        for (int i = 0; i < SIZE; i++) {
          assertThat(quantized[i * codes.length + cell])
              .isCloseTo(book[best * SIZE + i], within(1e-5f));
        }
      }
    }
  }

  @Test
  void decode_ofCodesIsThatOfTheirEntries() {
    Map<String, HostTensor.Floats> encoded = network.run(Map.of("x", picture()));
    Map<String, HostTensor> quantized = new LinkedHashMap<>();
    quantized.put("top_quantized", encoded.get("top_quantized"));
    quantized.put("bottom_quantized", encoded.get("bottom_quantized"));
    float[] top = encoded.get("top_codes").values();
    float[] codes = new float[2 * 16];
    for (int cell = 0; cell < 16; cell++) {
      codes[cell] = top[cell / 8 * 2 + cell % 4 / 2];
    }
    System.arraycopy(encoded.get("bottom_codes").values(), 0, codes, 16, 16);
    HostTensor.Floats decoded =
        network.run(Map.of("codes", new HostTensor.Floats(codes, 1, 2, 4, 4))).get("sample");
    assertThat(decoded.shape()).containsExactly(1, 3, SIDE, SIDE);
    assertThat(decoded.values())
        .containsExactly(network.run(quantized).get("sample").values(), within(1e-3f));

    float[] without = codes.clone();
    without[16 + 5] = -1;
    assertThat(
            network
                .run(Map.of("codes", new HostTensor.Floats(without, 1, 2, 4, 4)))
                .get("sample")
                .values())
        .as("a code that is not there")
        .isNotEqualTo(decoded.values());
  }

  @Test
  void build_saysWhatItTakes() {
    assertThatThrownBy(() -> network.run(Map.of("z", picture())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs x (to encode)");
  }
}
