package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The diffusion transformer (Peebles and Xie 2023, section 3.2): diffusers' {@code
 * DiTTransformer2DModel}, and {@code Transformer2DModel} with {@code ada_norm_zero}, whose blocks
 * are adaLN-Zero's; and with the other blocks that the paper compares these with.
 *
 * <p>Inputs: {@code hidden_states [batch, channels, height, width]}, of any size that divides into
 * patches; {@code timestep [batch]}; {@code class_labels [batch]}, where the number of classes
 * stands for no class. Output: {@code sample}, the prediction.
 */
public final class DiTTransformer2DModel implements Architecture {

  private static final int SINUSOIDS = 256;

  private final DiTConfig config;

  private DiTTransformer2DModel(DiTConfig config) {
    this.config = config;
  }

  public DiTTransformer2DModel(Config config) {
    this(DiTConfig.of(config));
  }

  /** A DiT as {@code Transformer2DModel}, whose defaults differ. */
  public static DiTTransformer2DModel ofTransformer2D(Config config) {
    return new DiTTransformer2DModel(DiTConfig.ofTransformer2D(config));
  }

  public DiTConfig config() {
    return config;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> picture = inputs.image(tf, "hidden_states");
    Operand<TInt64> labels = inputs.longs(tf, "class_labels");
    Operand<TFloat32> sinusoids =
        timestepEmbedding(tf, inputs.floats(tf, "timestep"), SINUSOIDS, true, 1);
    Patches patches = Patches.of(picture, config.patchSize());

    Scope position = root.in("pos_embed");
    Operand<TFloat32> x =
        position.tap(
            tf.math.add(
                patches.embed(position.in("proj"), picture, config.width()),
                positions(tf, patches)));
    DiTBlocks blocks = DiTBlocks.of(config, root, sinusoids, labels);
    x = blocks.enter(x);
    for (int i = 0; i < config.layers(); i++) {
      x = blocks.block(root.in("transformer_blocks").in(i), x);
    }
    x = blocks.leave(x);
    int pixels = config.patchSize() * config.patchSize();
    x = linear(root.in("proj_out_2").fromZero(), x, pixels * config.outChannels());
    return Map.of("sample", patches.join(tf, x, config.outChannels()));
  }

  /** {@code [1, patches, width]}. */
  private Operand<TFloat32> positions(Ops tf, Patches patches) {
    int base = config.sampleSize() / config.patchSize();
    float[] values =
        SinusoidalPositions.of(
            patches.height(), patches.width(), config.width(), base, config.positionScale());
    return reshape(tf, tf.constant(values), 1, patches.count(), config.width());
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = config.patchSize();
    return Map.of(
        "hidden_states",
        new HostTensor.Floats(
            new float[config.inChannels() * side * side], 1, config.inChannels(), side, side),
        "timestep",
        new HostTensor.Longs(new long[1], 1),
        "class_labels",
        new HostTensor.Longs(new long[1], 1));
  }
}
