package dev.sluice.networks.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.Config;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UNet2DConditionConfigTest {

  private static final Map<String, Object> TWO_LEVELS =
      Map.of(
          "block_out_channels", List.of(8, 16),
          "down_block_types", List.of("CrossAttnDownBlock2D", "DownBlock2D"),
          "up_block_types", List.of("UpBlock2D", "CrossAttnUpBlock2D"));

  @Test
  void of_anEmptyConfig_isStableDiffusionOne() {
    UNet2DConditionConfig config = UNet2DConditionConfig.of(Config.of(Map.of()));

    assertThat(config.channels()).containsExactly(320, 640, 1280, 1280);
    assertThat(config.timeWidth()).isEqualTo(1280);
    assertThat(config.headCounts()).containsExactly(8, 8, 8, 8);
    assertThat(config.contextWidth()).isEqualTo(1280);
    assertThat(config.middle()).isEqualTo("UNetMidBlock2DCrossAttn");
    assertThat(config.classEmbedding()).isEqualTo("none");
  }

  @Test
  void of_aNullMiddle_hasNone() {
    Map<String, Object> values = new HashMap<>(TWO_LEVELS);
    values.put("mid_block_type", null);

    assertThat(UNet2DConditionConfig.of(Config.of(values)).middle()).isEqualTo("none");
  }

  @Test
  void of_transformerLayersPerLevel_areReversedGoingUp() {
    UNet2DConditionConfig config = with("transformer_layers_per_block", List.of(1, 4));

    assertThat(config.transformerLayers()).containsExactly(List.of(1, 1), List.of(4, 4));
    assertThat(config.upTransformerLayers()).containsExactly(List.of(4, 4, 4), List.of(1, 1, 1));
  }

  @Test
  void of_transformerLayersPerLayer_areTakenAsTheyAre() {
    Map<String, Object> values = new HashMap<>(TWO_LEVELS);
    values.put("transformer_layers_per_block", List.of(List.of(2, 1), 4));
    values.put("reverse_transformer_layers_per_block", List.of(4, List.of(3, 2, 1)));

    UNet2DConditionConfig config = UNet2DConditionConfig.of(Config.of(values));

    assertThat(config.transformerLayers()).containsExactly(List.of(2, 1), List.of(4, 4));
    assertThat(config.upTransformerLayers()).containsExactly(List.of(4, 4, 4), List.of(3, 2, 1));
  }

  @Test
  void of_aListOfOnlyCrossAttention_leavesTheMiddleItsSelfAttention() {
    assertThat(with("only_cross_attention", List.of(true, true)).middleOnlyContext()).isFalse();
    assertThat(with("only_cross_attention", true).middleOnlyContext()).isTrue();
  }

  @Test
  void of_classCountWithoutType_isATable() {
    assertThat(with("num_class_embeds", 10).classEmbedding()).isEqualTo("table");
  }

  @Test
  void of_rejectsListsOfAnotherLength() {
    assertThatThrownBy(() -> with("attention_head_dim", List.of(1, 2, 3)))
        .hasMessageContaining("attention_head_dim has 3 entries, expected 2");
  }

  @Test
  void of_rejectsUnknownBlocks_andNamesTheKnownOnes() {
    assertThatThrownBy(() -> with("down_block_types", List.of("KDownBlock2D", "DownBlock2D")))
        .hasMessageContaining("KDownBlock2D")
        .hasMessageContaining("SimpleCrossAttnDownBlock2D");
  }

  @Test
  void of_rejectsWhatIsNotServed() {
    assertThatThrownBy(() -> with("time_embedding_type", "fourier"))
        .hasMessageContaining("time_embedding_type 'fourier'")
        .hasMessageContaining("positional");
    assertThatThrownBy(() -> with("dual_cross_attention", true))
        .hasMessageContaining("dual_cross_attention");
  }

  private static UNet2DConditionConfig with(String key, Object value) {
    Map<String, Object> values = new HashMap<>(TWO_LEVELS);
    values.put(key, value);
    return UNet2DConditionConfig.of(Config.of(values));
  }
}
