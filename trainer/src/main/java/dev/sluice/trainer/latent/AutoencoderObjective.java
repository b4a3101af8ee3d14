package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The autoencoder's loss (Rombach et al. 2022, section 3.1): how far a picture is from what is
 * decoded of its latent, and a little of the divergence of that latent's distribution from the
 * standard normal one, so that latents stay near zero and smooth; and if the recipe wants it, what
 * a critic of patches says, which learns beside it to tell decoded pictures from real ones (hinge
 * losses).
 *
 * <p>The paper's distance in features of photographs is left out: there are none of plain shapes
 * and small grey clothes.
 */
public final class AutoencoderObjective implements Objective {

  /** The component, and the player. */
  public static final String VAE = "vae";

  private static final String CRITIC = "critic";

  private final Map<String, Object> config;
  private final int side;
  private final double absolute;
  private final double squared;
  private final double divergence;
  private final double criticized;
  private final List<Integer> criticChannels;
  private final PictureSource source;

  /**
   * @param config of the network
   * @param side of the pictures
   * @param own with {@code absolute}, {@code squared} and {@code divergence}: the weights of the
   *     terms, each a mean over values; and {@code critic} with its {@code weight}, 0 for none, and
   *     its {@code channels}
   * @param source is closed with this
   */
  public AutoencoderObjective(
      Map<String, Object> config, int side, Recipe own, PictureSource source) {
    this.config = config;
    this.side = side;
    this.absolute = own.number("absolute", 0, 1e3);
    this.squared = own.number("squared", 0, 1e3);
    this.divergence = own.number("divergence", 0, 1e3);
    this.criticized = own.number("critic.weight", 0, 1e3);
    this.criticChannels = Config.of(own.map("critic")).integers("channels", List.of());
    this.source = source;
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    Config read = Config.of(config);
    Component vae = graph.trained(VAE, new AutoencoderKl(read));
    Operand<TFloat32> picture = graph.floats("clean", read.integer("in_channels"), side, side);
    Map<String, Operand<TFloat32>> latent = graph.build(vae, Map.of("x", picture));
    Operand<TFloat32> decoded =
        graph.build(vae, Map.of("z", Latents.drawn(graph, latent))).get("sample");
    Operand<TFloat32> off = graph.mean(tf.math.abs(tf.math.sub(decoded, picture)));
    Operand<TFloat32> squares = graph.mean(tf.math.squaredDifference(decoded, picture));
    Operand<TFloat32> apart = graph.mean(divergence(tf, latent));
    graph.measure("off", off);
    graph.measure("divergence", apart);
    Operand<TFloat32> loss =
        tf.math.addN(
            List.of(
                tf.math.mul(off, tf.constant((float) absolute)),
                tf.math.mul(squares, tf.constant((float) squared)),
                tf.math.mul(apart, tf.constant((float) divergence))));
    if (criticized == 0) {
      return List.of(new Player(VAE, loss, List.of(vae)));
    }
    Component critic =
        graph.trained(CRITIC, new PatchCritic(read.integer("in_channels"), criticChannels));
    Operand<TFloat32> ofReal = graph.build(critic, Map.of("picture", picture)).get("realness");
    Operand<TFloat32> ofDecoded = graph.build(critic, Map.of("picture", decoded)).get("realness");
    Operand<TFloat32> unreal = tf.math.mul(graph.mean(ofDecoded), tf.constant((float) -criticized));
    return List.of(
        new Player(VAE, tf.math.add(loss, unreal), List.of(vae)),
        new Player(CRITIC, Hinge.of(graph, ofReal, ofDecoded), List.of(critic)));
  }

  /** KL(q(z | x) || N(0, 1)) of each value, in nats. */
  private static Operand<TFloat32> divergence(Ops tf, Map<String, Operand<TFloat32>> latent) {
    Operand<TFloat32> logVariance = latent.get("logvar");
    Operand<TFloat32> sum =
        tf.math.add(tf.math.square(latent.get("mean")), tf.math.exp(logVariance));
    return tf.math.mul(
        tf.constant(0.5f), tf.math.sub(tf.math.sub(sum, tf.constant(1f)), logVariance));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return source.batch(number);
  }

  @Override
  public void close() {
    source.close();
  }
}
