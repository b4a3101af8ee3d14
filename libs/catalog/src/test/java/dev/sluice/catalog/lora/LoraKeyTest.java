package dev.sluice.catalog.lora;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraKeyTest {

  @ParameterizedTest
  @CsvSource({
    "unet.mid_block.attentions.0.to_q.lora_A.weight, unet.mid_block.attentions.0.to_q, DOWN",
    "unet.mid_block.attentions.0.to_q.lora_B.weight, unet.mid_block.attentions.0.to_q, UP",
    "base_model.model.layers.0.q_proj.lora_A.default.weight, layers.0.q_proj, DOWN",
    "unet.mid.to_k.lora.down.weight, unet.mid.to_k, DOWN",
    "unet.mid.attn1.processor.to_v_lora.up.weight, unet.mid.attn1.to_v, UP",
    "unet.mid.attn1.processor.to_out_lora.down.weight, unet.mid.attn1.to_out.0, DOWN",
    "text_encoder.layers.0.q_proj.lora_linear_layer.up.weight, text_encoder.layers.0.q_proj, UP",
    "lora_unet_mid_block_to_q.lora_down.weight, lora_unet_mid_block_to_q, DOWN",
    "lora_unet_mid_block_to_q.alpha, lora_unet_mid_block_to_q, ALPHA"
  })
  void spellingsOfAllTrainersAreUnderstood(String name, String layer, LoraKey.Part part) {
    assertThat(LoraKey.of(name)).contains(new LoraKey(layer, part));
  }

  @Test
  void otherKindsOfAdaptationAreNot() {
    assertThat(LoraKey.of("lora_unet_mid_block_to_q.hada_w1_a")).isEmpty();
    assertThat(LoraKey.of("lora_unet_mid_block_to_q.dora_scale")).isEmpty();
    assertThat(LoraKey.of("unet.mid.to_q.weight")).isEmpty();
    assertThat(LoraKey.of("lora_unet_mid_block_to_q.diff_b")).isEmpty();
  }
}
