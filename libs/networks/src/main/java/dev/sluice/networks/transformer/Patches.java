package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Pictures as rows of tokens (Dosovitskiy et al. 2021, section 3.1): one token for each square of
 * pixels, row by row.
 *
 * @param height patches from top to bottom
 * @param width patches from left to right
 * @param size pixels along the side of a patch
 */
record Patches(int height, int width, int size) {

  /**
   * The patches of a picture {@code [batch, height, width, channels]}.
   *
   * @throws IllegalArgumentException when its size is not a multiple of {@code patchSize}
   */
  static Patches of(Operand<TFloat32> picture, int patchSize) {
    int height = extent(picture, 1);
    int width = extent(picture, 2);
    if (height % patchSize != 0 || width % patchSize != 0) {
      throw new IllegalArgumentException(
          "hidden_states are %d x %d; height and width must be multiples of the patch size, %d"
              .formatted(height, width, patchSize));
    }
    return new Patches(height / patchSize, width / patchSize, patchSize);
  }

  int count() {
    return height * width;
  }

  /** Projects each patch, {@code [batch, patches, out]}; weights of a convolution. */
  Operand<TFloat32> embed(Scope scope, Operand<TFloat32> picture, int out) {
    Operand<TFloat32> features = conv2d(scope, picture, out, size, size, 0);
    return reshape(scope.tf(), features, -1, count(), out);
  }

  /**
   * Puts tokens {@code [batch, patches, size * size * channels]}, each a patch's pixels, together
   * to a picture {@code [batch, channels, height, width]}.
   */
  Operand<TFloat32> join(Ops tf, Operand<TFloat32> tokens, int channels) {
    Operand<TFloat32> pixels = reshape(tf, tokens, -1, height, width, size, size, channels);
    return reshape(
        tf,
        tf.linalg.transpose(pixels, tf.constant(new int[] {0, 5, 1, 3, 2, 4})),
        -1,
        channels,
        height * size,
        width * size);
  }
}
