package dev.sluice.networks.autoencoder;

import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Norms;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** How an autoencoder normalises its feature maps {@code [batch, height, width, channels]}. */
interface FeatureNorm {

  /** The epsilon of every norm in these autoencoders, whatever the config says. */
  double EPSILON = 1e-6;

  Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x);

  /** The name under which an attention layer keeps its norm. */
  String attentionName();

  /** Plain group norm. */
  static FeatureNorm group(int groups) {
    return new FeatureNorm() {
      @Override
      public Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x) {
        return Norms.groupNorm(scope, x, groups, EPSILON);
      }

      @Override
      public String attentionName() {
        return "group_norm";
      }
    };
  }

  /**
   * MoVQ's norm (Zheng et al. 2022, eq. 4): a group norm of always 32 groups whose scale and shift
   * are 1x1 convolutions of the quantised latent, enlarged to the feature map.
   *
   * @param latent {@code [batch, h, w, latent channels]}
   */
  static FeatureNorm spatial(Operand<TFloat32> latent) {
    return new FeatureNorm() {
      @Override
      public Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x) {
        int channels = Layers.channels(x);
        Operand<TFloat32> condition =
            Layers.upsampleNearest(scope.tf(), latent, Layers.extent(x, 1), Layers.extent(x, 2));
        Operand<TFloat32> normal = Norms.groupNorm(scope.in("norm_layer"), x, 32, EPSILON);
        Operand<TFloat32> scale = Layers.conv2d(scope.in("conv_y"), condition, channels, 1, 1, 0);
        Operand<TFloat32> shift = Layers.conv2d(scope.in("conv_b"), condition, channels, 1, 1, 0);
        return scope.tap(scope.tf().math.add(scope.tf().math.mul(normal, scale), shift));
      }

      @Override
      public String attentionName() {
        return "spatial_norm";
      }
    };
  }
}
