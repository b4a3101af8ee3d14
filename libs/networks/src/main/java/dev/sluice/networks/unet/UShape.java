package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.extent;

import dev.sluice.networks.block.Resample2D;
import dev.sluice.networks.block.ResnetBlock;
import dev.sluice.networks.layer.Scope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The U (Ronneberger et al. 2015; Ho et al. 2020, appendix B): levels of residual blocks down to
 * half the resolution each, a middle, and the same levels up again. Every output on the way down,
 * the resampled ones too, is appended to an input on the way up.
 *
 * @param down levels, finest first; the last has no sampler
 * @param middle at the coarsest level; null for none
 * @param up levels, coarsest first, with one layer more than on the way down; the last has no
 *     sampler
 */
record UShape(List<Level> down, Middle middle, List<Level> up) {

  /**
   * One level.
   *
   * @param channels of its features
   * @param layers residual blocks
   * @param mixers the attention after each residual block; empty for none
   * @param sampler leads to the next level; null at the last
   */
  record Level(int channels, int layers, ResnetBlock resnet, List<Mixer> mixers, Sampler sampler) {}

  /**
   * The middle: residual blocks with attention between the first two.
   *
   * @param resnets residual blocks, 1 or 2
   * @param mixer null for none
   */
  record Middle(int resnets, ResnetBlock resnet, Mixer mixer) {}

  /**
   * All of the way.
   *
   * @param x the result, of the shape of the input
   * @param deep what comes up to the last layer, which later passes may reuse
   */
  record Pass(Operand<TFloat32> x, Operand<TFloat32> deep) {}

  /** Lets pixels see each other, and perhaps a context. */
  @FunctionalInterface
  interface Mixer {
    Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x);
  }

  /** Changes the resolution by two. */
  @FunctionalInterface
  interface Sampler {
    /**
     * @param embedding of the timestep
     * @param skip of the level that comes next on the way up, which has the size to reach; null on
     *     the way down
     */
    Operand<TFloat32> apply(
        Scope scope, Operand<TFloat32> x, Operand<TFloat32> embedding, Operand<TFloat32> skip);

    static Sampler convolutionDown(int padding) {
      return (scope, x, embedding, skip) -> Resample2D.downsample(scope, x, padding);
    }

    static Sampler convolutionUp() {
      return (scope, x, embedding, skip) ->
          Resample2D.upsample(scope, x, extent(skip, 1), extent(skip, 2));
    }

    static Sampler resnetDown(ResnetBlock resnet) {
      return (scope, x, embedding, skip) -> resnet.applyDown(scope, x, embedding, channels(x));
    }

    static Sampler resnetUp(ResnetBlock resnet) {
      return (scope, x, embedding, skip) -> resnet.applyUp(scope, x, embedding, channels(x));
    }
  }

  /**
   * @param root the network's root
   * @param x {@code [batch, height, width, channels of the finest level]}
   * @param embedding of the timestep, {@code [batch, width]}
   */
  Pass apply(Scope root, Operand<TFloat32> x, Operand<TFloat32> embedding) {
    Deque<Operand<TFloat32>> skips = new ArrayDeque<>();
    skips.push(x);
    for (int i = 0; i < down.size(); i++) {
      Scope scope = root.in("down_blocks").in(i);
      Level level = down.get(i);
      for (int layer = 0; layer < level.layers(); layer++) {
        x = layer(scope, level, layer, x, embedding);
        skips.push(x);
      }
      if (level.sampler() != null) {
        x = level.sampler().apply(scope.in("downsamplers.0"), x, embedding, null);
        skips.push(x);
      }
      scope.tap(x);
    }
    if (middle != null) {
      x = middle(root.in("mid_block"), x, embedding);
    }
    Operand<TFloat32> deep = null;
    for (int i = 0; i < up.size(); i++) {
      Scope scope = root.in("up_blocks").in(i);
      Level level = up.get(i);
      for (int layer = 0; layer < level.layers(); layer++) {
        deep = x;
        x = layer(scope, level, layer, join(scope, x, skips.pop()), embedding);
      }
      if (level.sampler() != null) {
        x = level.sampler().apply(scope.in("upsamplers.0"), x, embedding, skips.peek());
      }
      scope.tap(x);
    }
    return new Pass(x, deep);
  }

  /**
   * What is left of the way when all but its last layer is reused: that layer joins the deep
   * features with the input itself (Ma et al. 2023, "DeepCache", section 3.2, at the outermost skip
   * connection).
   *
   * @param deep of an earlier pass
   * @return the shape of {@code x}
   */
  Operand<TFloat32> applyLast(
      Scope root, Operand<TFloat32> x, Operand<TFloat32> embedding, Operand<TFloat32> deep) {
    Scope scope = root.in("up_blocks").in(up.size() - 1);
    Level level = up.get(up.size() - 1);
    return layer(scope, level, level.layers() - 1, join(scope, deep, x), embedding);
  }

  /** How many channels the deep features have: those of the finest level, which has two layers. */
  int deepChannels() {
    return up.get(up.size() - 1).channels();
  }

  private static Operand<TFloat32> layer(
      Scope scope, Level level, int layer, Operand<TFloat32> x, Operand<TFloat32> embedding) {
    Operand<TFloat32> h =
        level.resnet().apply(scope.in("resnets").in(layer), x, embedding, level.channels());
    return level.mixers().isEmpty()
        ? h
        : level.mixers().get(layer).apply(scope.in("attentions").in(layer), h);
  }

  private Operand<TFloat32> middle(Scope scope, Operand<TFloat32> x, Operand<TFloat32> embedding) {
    int channels = channels(x);
    Operand<TFloat32> h = middle.resnet().apply(scope.in("resnets.0"), x, embedding, channels);
    if (middle.mixer() != null) {
      h = middle.mixer().apply(scope.in("attentions.0"), h);
    }
    if (middle.resnets() == 2) {
      h = middle.resnet().apply(scope.in("resnets.1"), h, embedding, channels);
    }
    return scope.tap(h);
  }

  private static Operand<TFloat32> join(Scope scope, Operand<TFloat32> x, Operand<TFloat32> skip) {
    if (extent(x, 1) != extent(skip, 1) || extent(x, 2) != extent(skip, 2)) {
      throw new IllegalArgumentException(
          "%s: %s does not fit its skip connection %s: this network halves height and width, so give it sizes that are multiples of its smallest feature map's step"
              .formatted(scope.path(), x.shape(), skip.shape()));
    }
    return concat(scope.tf(), -1, List.of(x, skip));
  }
}
