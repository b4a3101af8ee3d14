package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.train.TrainingGraph;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The latents of a trained autoencoder, as a denoiser has them.
 *
 * @param folder of the autoencoder, with its weights
 */
public record Latents(Path folder) {

  /** Of a model, by its name or folder. */
  public static Latents of(String model) {
    return new Latents(OtherModel.component(model, AutoencoderObjective.VAE));
  }

  /** Its config. */
  public Config config() {
    return OtherModel.config(folder);
  }

  /** Latents at unit variance (Rombach et al. 2022, appendix G). */
  public Operand<TFloat32> scaled(TrainingGraph graph, Operand<TFloat32> drawn) {
    Ops tf = graph.tf();
    AutoencoderKl network = new AutoencoderKl(config());
    return tf.math.mul(
        tf.math.sub(drawn, tf.constant((float) network.shiftFactor())),
        tf.constant((float) network.scalingFactor()));
  }

  /** What {@link #scaled} was made of, as the decoder takes it. */
  Operand<TFloat32> unscaled(TrainingGraph graph, Operand<TFloat32> latents) {
    Ops tf = graph.tf();
    AutoencoderKl network = new AutoencoderKl(config());
    return tf.math.add(
        tf.math.div(latents, tf.constant((float) network.scalingFactor())),
        tf.constant((float) network.shiftFactor()));
  }

  /** Draws what an encoder thinks possible, unscaled. */
  static Operand<TFloat32> drawn(TrainingGraph graph, Map<String, Operand<TFloat32>> latent) {
    Ops tf = graph.tf();
    Operand<TFloat32> mean = latent.get("mean");
    return tf.math.add(mean, tf.math.mul(latent.get("std"), graph.noiseLike(mean)));
  }
}
