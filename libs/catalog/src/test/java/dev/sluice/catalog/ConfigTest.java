package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.file.InvalidConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {

  @Test
  void numbersThatNoNetworkHas_areRefusedBeforeOneIsBuilt() {
    Config config =
        Config.of(
            Map.of(
                "layers_per_block",
                2_000_000_000,
                "num_hidden_layers",
                1001,
                "block_out_channels",
                List.of(64, 1_000_000_000),
                "sample_size",
                -1_000_000_000));

    assertThatThrownBy(() -> config.integer("layers_per_block"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "config: \"layers_per_block\" must be an integer of at most 1,000, found 2000000000");
    assertThatThrownBy(() -> config.integer("num_hidden_layers", 1))
        .isInstanceOf(InvalidConfigException.class);
    assertThatThrownBy(() -> config.integers("block_out_channels", List.of()))
        .hasMessageContaining("at most 16,777,216");
    assertThatThrownBy(() -> config.integer("sample_size"))
        .isInstanceOf(InvalidConfigException.class);
  }

  @Test
  void whatThereMustBeSomeOf_isNotNone() {
    Config config =
        Config.of(
            Map.of(
                "norm_num_groups",
                0,
                "attention_head_dim",
                List.of(8, 0),
                "num_attention_heads",
                -8,
                "block_out_channels",
                List.of()));

    assertThatThrownBy(() -> config.count("norm_num_groups", 32))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("config: \"norm_num_groups\" must be 1 or more, found 0");
    assertThatThrownBy(() -> config.counts("attention_head_dim", 2, 8))
        .hasMessageContaining("attention_head_dim")
        .hasMessageContaining("found 0");
    assertThatThrownBy(() -> config.counts("num_attention_heads", 2, 8))
        .hasMessageContaining("found -8");
    assertThatThrownBy(() -> config.counts("block_out_channels", List.of(64)))
        .hasMessageContaining("block_out_channels");
    assertThat(config.counts("layers_per_block", 3, 2)).containsExactly(2, 2, 2);
  }

  @Test
  void numbersThatNetworksHave_areTaken() {
    Config config = Config.of(Map.of("vocab_size", 256_384, "num_layers", 1000));

    assertThat(config.integer("vocab_size")).isEqualTo(256_384);
    assertThat(config.integer("num_layers")).isEqualTo(1000);
  }
}
