package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a UNet is conditioned on, in the right shapes and without a meaning. */
final class RandomConditions {

  private static final int TOKENS = 77;

  private RandomConditions() {}

  /** Of a UNet with that config. */
  static Condition of(Config config, TorchGenerator generator) {
    int width = config.integer("cross_attention_dim", 1280);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put(
        "encoder_hidden_states",
        new HostTensor.Floats(generator.randn(TOKENS * width), 1, TOKENS, width));
    if (config.has("class_embed_type")) {
      int embedding = 4 * config.integers("block_out_channels", List.of(320)).get(0);
      inputs.put("class_labels", new HostTensor.Floats(generator.randn(embedding), 1, embedding));
    }
    return new Condition(Condition.Ports.UNET, inputs);
  }
}
