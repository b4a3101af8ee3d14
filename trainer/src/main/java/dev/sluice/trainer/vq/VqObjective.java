package dev.sluice.trainer.vq;

import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The loss of a vector-quantised autoencoder (van den Oord et al. 2017, eq. 3; Razavi et al. 2019,
 * eq. 2): how far a picture is from what is decoded of its codes, and how far encodings are from
 * the entries that take their place. The codebooks move by themselves ({@link MovingCodebook}).
 *
 * <p>Of a share of the pictures the decoder is given no more than the first codes, as it is when a
 * picture under way is shown; that also keeps the top level from being left unused.
 */
final class VqObjective implements Objective {

  /** The component, and the player. */
  static final String VQVAE = "vqvae";

  private final Map<String, Object> config;
  private final int side;
  private final double absolute;
  private final double squared;
  private final double commitment;
  private final double unfinished;
  private final MovingCodebook codebooks;
  private final PictureSource source;

  /**
   * @param config of the network
   * @param side of the pictures
   * @param own with {@code absolute}, {@code squared} and {@code commitment}, the weights of the
   *     terms, each a mean over values; {@code unfinished}, the share of pictures that are decoded
   *     from some of their codes; and {@code codebook}
   * @param source is closed with this
   */
  VqObjective(Map<String, Object> config, int side, Recipe own, PictureSource source) {
    this.config = config;
    this.side = side;
    this.absolute = own.number("absolute", 0, 1e3);
    this.squared = own.number("squared", 0, 1e3);
    this.commitment = own.number("commitment", 0, 1e3);
    this.unfinished = own.number("unfinished", 0, 1);
    this.codebooks = MovingCodebook.of(own.at("codebook"));
    this.source = source;
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    Config read = Config.of(config);
    Set<String> moving =
        VqVae2Model.levels().stream().map(VqVae2Model::codebook).collect(Collectors.toSet());
    Component vqvae =
        graph.trained(VQVAE, new VqVae2Model(read), weight -> !moving.contains(weight));
    Operand<TFloat32> picture = graph.floats("clean", read.integer("in_channels"), side, side);
    Map<String, Operand<TFloat32>> encoded = graph.build(vqvae, Map.of("x", picture));
    Operand<TFloat32> decoded = graph.build(vqvae, known(graph, encoded)).get("sample");
    Operand<TFloat32> off = graph.mean(tf.math.abs(tf.math.sub(decoded, picture)));
    Operand<TFloat32> squares = graph.mean(tf.math.squaredDifference(decoded, picture));
    List<Operand<TFloat32>> apart = new ArrayList<>();
    for (String level : VqVae2Model.levels()) {
      apart.add(
          graph.mean(
              tf.math.squaredDifference(
                  encoded.get(level + "_encoded"),
                  tf.stopGradient(encoded.get(level + "_quantized")))));
      codebooks.move(graph, vqvae, level, encoded);
    }
    Operand<TFloat32> uncommitted = tf.math.addN(apart);
    graph.measure("off", off);
    graph.measure("uncommitted", uncommitted);
    Operand<TFloat32> loss =
        tf.math.addN(
            List.of(
                tf.math.mul(off, tf.constant((float) absolute)),
                tf.math.mul(squares, tf.constant((float) squared)),
                tf.math.mul(uncommitted, tf.constant((float) commitment))));
    return List.of(new Player(VQVAE, loss, List.of(vqvae)));
  }

  /** What the decoder is given: of some pictures the first codes only, any number of them. */
  private Map<String, Operand<TFloat32>> known(
      TrainingGraph graph, Map<String, Operand<TFloat32>> encoded) {
    Ops tf = graph.tf();
    int all =
        VqVae2Model.levels().stream().mapToInt(level -> area(encoded.get(level + "_codes"))).sum();
    Operand<TFloat32> whole =
        tf.dtypes.cast(
            tf.math.greaterEqual(graph.uniform(1), tf.constant((float) unfinished)),
            TFloat32.class);
    Operand<TFloat32> count =
        tf.math.maximum(
            tf.math.mul(whole, tf.constant((float) all)),
            tf.math.mul(graph.uniform(1), tf.constant((float) all)));
    Map<String, Operand<TFloat32>> known = new LinkedHashMap<>();
    int before = 0;
    for (String level : VqVae2Model.levels()) {
      Operand<TFloat32> quantized = encoded.get(level + "_quantized");
      int codes = area(quantized);
      float[][] places = new float[1][codes];
      for (int i = 0; i < codes; i++) {
        places[0][i] = before + i;
      }
      Operand<TFloat32> there =
          tf.dtypes.cast(tf.math.less(tf.constant(places), count), TFloat32.class);
      known.put(
          level + "_quantized",
          tf.math.mul(
              quantized, reshape(tf, there, -1, 1, extent(quantized, 2), extent(quantized, 3))));
      before += codes;
    }
    return known;
  }

  private static int area(Operand<TFloat32> map) {
    return extent(map, 2) * extent(map, 3);
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
