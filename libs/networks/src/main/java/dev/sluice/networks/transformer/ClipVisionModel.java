package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * CLIP's picture encoder, a vision transformer (Dosovitskiy et al. 2021; Radford et al. 2021,
 * section 2.4): transformers' {@code CLIPVisionModel} and {@code CLIPVisionModelWithProjection}.
 *
 * <p>Input: {@code pixel_values [batch, channels, size, size]}, normalised as the feature extractor
 * beside the model says. Outputs: {@code last_hidden_state [batch, 1 + patches, width]}, the class
 * token first; {@code pooler_output [batch, width]}, the class token after the final norm, or
 * {@code image_embeds [batch, projection]}, that projected; {@code hidden_states.<i>}.
 */
public final class ClipVisionModel implements Architecture {

  private final ClipVisionConfig config;
  private final boolean projected;

  private ClipVisionModel(Config config, boolean projected) {
    this.config = ClipVisionConfig.of(config);
    this.projected = projected;
  }

  /** transformers' {@code CLIPVisionModel}. */
  public static ClipVisionModel unprojected(Config config) {
    return new ClipVisionModel(config, false);
  }

  /** transformers' {@code CLIPVisionModelWithProjection}. */
  public static ClipVisionModel projected(Config config) {
    return new ClipVisionModel(config, true);
  }

  public ClipVisionConfig config() {
    return config;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope model = root.in("vision_model");
    double epsilon = config.encoder().epsilon();
    Operand<TFloat32> tokens = embeddings(model.in("embeddings"), inputs.image(tf, "pixel_values"));
    List<Operand<TFloat32>> states =
        config
            .encoder()
            .apply(model.in("encoder"), layerNorm(model.in("pre_layrnorm"), tokens, epsilon), null);
    Operand<TFloat32> last = states.get(states.size() - 1);
    Operand<TFloat32> classToken =
        reshape(
            tf,
            tf.slice(last, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1})),
            -1,
            config.width());
    Operand<TFloat32> pooled = layerNorm(model.in("post_layernorm"), classToken, epsilon);

    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("last_hidden_state", last);
    if (projected) {
      outputs.put(
          "image_embeds", linear(root.in("visual_projection"), pooled, config.projection(), false));
    } else {
      outputs.put("pooler_output", pooled);
    }
    ClipEncoder.name(states, outputs);
    return outputs;
  }

  private Operand<TFloat32> embeddings(Scope scope, Operand<TFloat32> picture) {
    Ops tf = scope.tf();
    if (extent(picture, 1) != config.imageSize() || extent(picture, 2) != config.imageSize()) {
      throw new IllegalArgumentException(
          "pixel_values are %d x %d; this picture encoder takes %d x %d"
              .formatted(
                  extent(picture, 1), extent(picture, 2), config.imageSize(), config.imageSize()));
    }
    int patchSize = config.patchSize();
    int patches = config.patches();
    int width = config.width();
    Operand<TFloat32> rows =
        reshape(
            tf,
            conv2d(scope.in("patch_embedding"), picture, width, patchSize, patchSize, 0, 0, false),
            -1,
            patches,
            width);
    Operand<TFloat32> places =
        scope.in("position_embedding").weight("weight", FirstValue.SMALL, patches + 1, width);
    // The class token is the same in every row of the batch, so it can come in with the positions.
    Operand<TFloat32> classToken =
        reshape(tf, scope.weight("class_embedding", FirstValue.SMALL, width), 1, width);
    Operand<TFloat32> offsets =
        tf.math.add(
            places, tf.pad(classToken, tf.constant(new int[][] {{0, patches}, {0, 0}}), zero(tf)));
    return scope.tap(
        tf.math.add(
            tf.pad(rows, tf.constant(new int[][] {{0, 0}, {1, 0}, {0, 0}}), zero(tf)), offsets));
  }

  private static Operand<TFloat32> zero(Ops tf) {
    return tf.constant(0f);
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int size = config.imageSize();
    float[] pixels = new float[config.channels() * size * size];
    return Map.of("pixel_values", new HostTensor.Floats(pixels, 1, config.channels(), size, size));
  }
}
