package dev.sluice.trainer.latent;

import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Norms.groupNorm;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Tells pictures from what an autoencoder makes of them, patch by patch (Isola et al. 2017, section
 * 3.2.2): {@code picture [batch, colors, height, width]} to {@code realness [batch, h, w, 1]},
 * positive for real ones. It is trained beside an autoencoder and does not ship.
 *
 * @param colors of a picture
 * @param channels of the layers, each of which halves the picture
 */
record PatchCritic(int colors, List<Integer> channels) implements Architecture {

  private static final int KERNEL = 4;
  private static final int GROUPS = 4;
  private static final double EPSILON = 1e-5;

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> x = inputs.image(tf, "picture", colors);
    for (int layer = 0; layer < channels.size(); layer++) {
      Scope scope = root.in("layers").in(layer);
      x = conv2d(scope.in("conv"), x, channels.get(layer), KERNEL, 2, 1);
      // A norm of the first layer would hide how bright a patch is.
      x = layer == 0 ? x : groupNorm(scope.in("norm"), x, GROUPS, EPSILON);
      x = Activation.SILU.apply(tf, x);
    }
    return Map.of("realness", conv2d(root.in("conv_out"), x, 1, KERNEL - 1, 1, 1));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = KERNEL << channels.size();
    return Map.of(
        "picture", new HostTensor.Floats(new float[colors * side * side], 1, colors, side, side));
  }
}
