package dev.sluice.trainer.vq;

import dev.sluice.trainer.latent.TinyLatents;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A small training of the system, for tests. */
public final class TinyVq {

  private TinyVq() {}

  /** As {@link Trainings#train}. */
  public static String train(Path to, String phase, boolean resume, String... settings)
      throws IOException {
    String[] tiny = {
      "built-on.text_encoder=" + TinyLatents.CLIP,
      "phases.autoencoder.batch=8",
      "phases.autoencoder.steps=20",
      "phases.autoencoder.optimizer.rate=1e-2",
      "phases.autoencoder.optimizer.warm-up=1",
      "phases.autoencoder.optimizer.course=constant",
      "components.vqvae.block_out_channels=[4, 4, 8]",
      "components.vqvae.top_channels=8",
      "components.vqvae.norm_num_groups=2",
      "components.vqvae.num_vq_embeddings=16",
      "components.vqvae.vq_embed_dim=4",
      "phases.codes.batch=8",
      "phases.codes.shards=1",
      "phases.codes.kept=64",
      "phases.codes.steps=20",
      "phases.codes.optimizer.rate=1e-2",
      "phases.codes.optimizer.warm-up=1",
      "phases.codes.optimizer.course=constant",
      "components.transformer.num_attention_heads=2",
      "components.transformer.attention_head_dim=8",
      "components.transformer.num_layers=2",
    };
    return Trainings.train(
        new ShapesVq(),
        to,
        null,
        phase,
        resume,
        Stream.of(tiny, settings).flatMap(Stream::of).toArray(String[]::new));
  }
}
