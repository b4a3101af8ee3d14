package dev.sluice.trainer.latent;

import java.nio.file.Path;
import java.util.List;

/** A small training of Stable Diffusion 3. */
public final class TinySd3 {

  private TinySd3() {}

  /**
   * What makes the network small.
   *
   * @param vae a model whose latents it learns
   */
  public static List<String> small(Path vae) {
    return List.of(
        "built-on.text_encoder=" + TinyLatents.CLIP,
        "built-on.vae=" + vae,
        "phases.text-to-flow.batch=8",
        "phases.text-to-flow.kept=64",
        "phases.text-to-flow.optimizer.rate=1e-2",
        "phases.text-to-flow.optimizer.warm-up=1",
        "phases.text-to-flow.optimizer.course=constant",
        "components.transformer.num_layers=2",
        "components.transformer.num_attention_heads=2",
        "components.transformer.attention_head_dim=8",
        "components.transformer.caption_projection_dim=16");
  }
}
