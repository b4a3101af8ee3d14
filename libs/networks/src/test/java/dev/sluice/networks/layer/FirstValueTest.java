package dev.sluice.networks.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.transformer.DiTTransformer2DModel;
import dev.sluice.networks.unet.UNet2DModel;
import dev.sluice.networks.weights.DeclaredWeights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FirstValueTest {

  private static Map<String, float[]> values(Architecture architecture) {
    Map<String, float[]> values = new TreeMap<>();
    for (Parameter parameter : DeclaredWeights.of(architecture, Precision.FLOAT32)) {
      values.put(parameter.name(), parameter.firstValues(new SplittableRandom(1)));
    }
    return values;
  }

  private static double spread(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void unet_beginsWithBranchesThatAddNothing() {
    Map<String, float[]> values =
        values(
            new UNet2DModel(
                Config.of(
                    Map.of(
                        "in_channels", 3,
                        "out_channels", 3,
                        "block_out_channels", List.of(32, 32),
                        "down_block_types", List.of("DownBlock2D", "AttnDownBlock2D"),
                        "up_block_types", List.of("AttnUpBlock2D", "UpBlock2D"),
                        "norm_num_groups", 8,
                        "num_class_embeds", 10))));

    assertThat(values.get("conv_out.weight")).containsOnly(0);
    assertThat(values.get("down_blocks.0.resnets.0.conv2.weight")).containsOnly(0);
    assertThat(values.get("down_blocks.1.attentions.0.to_out.0.weight")).containsOnly(0);
    assertThat(values.get("down_blocks.0.resnets.0.norm1.weight")).containsOnly(1);
    assertThat(values.get("down_blocks.0.resnets.0.conv1.bias")).containsOnly(0);
    assertThat(spread(values.get("down_blocks.0.resnets.0.conv1.weight")))
        .as("one over the root of 9 * 32 inputs")
        .isCloseTo(1 / Math.sqrt(9 * 32), within(2e-3));
    assertThat(spread(values.get("class_embedding.weight"))).isCloseTo(0.02, within(2e-3));
  }

  /** adaLN-Zero: every block is the identity at first, and the network says zero. */
  @Test
  void dit_beginsWithGatesThatAreShut() {
    Map<String, float[]> values =
        values(
            new DiTTransformer2DModel(
                Config.of(
                    Map.of(
                        "num_attention_heads", 2,
                        "attention_head_dim", 8,
                        "in_channels", 4,
                        "out_channels", 8,
                        "num_layers", 1,
                        "sample_size", 8,
                        "patch_size", 2,
                        "num_embeds_ada_norm", 10))));

    assertThat(values.get("transformer_blocks.0.norm1.linear.weight")).containsOnly(0);
    assertThat(values.get("proj_out_1.weight")).containsOnly(0);
    assertThat(values.get("proj_out_2.weight")).containsOnly(0);
    assertThat(spread(values.get("transformer_blocks.0.attn1.to_q.weight"))).isPositive();
  }
}
