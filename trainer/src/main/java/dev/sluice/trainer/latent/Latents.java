package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.train.Component;
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

  /**
   * Latents of pictures, another draw with each batch (Rombach et al. 2022, section 4 and appendix
   * G: scaled to unit variance). No gradient goes through: nothing before them is trained.
   *
   * @param pictures {@code [rows, channels, height, width]} in [-1, 1]
   * @return {@code [rows, latent channels, height, width]}, smaller
   */
  public Operand<TFloat32> encode(TrainingGraph graph, Operand<TFloat32> pictures) {
    Ops tf = graph.tf();
    AutoencoderKl network = new AutoencoderKl(config());
    Component vae = graph.frozen(AutoencoderObjective.VAE, network, folder);
    Operand<TFloat32> drawn = drawn(graph, graph.build(vae, Map.of("x", pictures)));
    return tf.math.mul(
        tf.math.sub(drawn, tf.constant((float) network.shiftFactor())),
        tf.constant((float) network.scalingFactor()));
  }

  /** Draws what an encoder thinks possible, unscaled. */
  static Operand<TFloat32> drawn(TrainingGraph graph, Map<String, Operand<TFloat32>> latent) {
    Ops tf = graph.tf();
    Operand<TFloat32> mean = latent.get("mean");
    return tf.math.add(mean, tf.math.mul(latent.get("std"), graph.noiseLike(mean)));
  }
}
