package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The embedding that every residual block of a conditional UNet sees: of the timestep, and of a
 * class, a text or a picture where the config says so.
 */
final class ConditionEmbedding {

  private static final double LAYER_NORM_EPSILON = 1e-5;

  private final UNet2DConditionConfig config;

  private ConditionEmbedding(UNet2DConditionConfig config) {
    this.config = config;
  }

  /** Of each row, {@code [batch, width]}. */
  static Operand<TFloat32> of(UNet2DConditionConfig config, Scope root, Inputs inputs) {
    return new ConditionEmbedding(config).of(root, inputs);
  }

  private Operand<TFloat32> of(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> emb = timeEmbedding(root, inputs);
    Operand<TFloat32> label = classEmbedding(root, inputs);
    if (label != null) {
      emb =
          config.concatenateClass() ? concat(tf, -1, List.of(emb, label)) : tf.math.add(emb, label);
    }
    Operand<TFloat32> addition = additionEmbedding(root.in("add_embedding"), inputs);
    if (addition != null) {
      emb = tf.math.add(emb, addition);
    }
    return config.timeActivation().apply(tf, emb);
  }

  private Operand<TFloat32> timeEmbedding(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope scope = root.in("time_embedding");
    int width = config.channels().get(0);
    Operand<TFloat32> sinusoids = sinusoids(tf, inputs.floats(tf, "timestep"), width);
    if (inputs.has("timestep_cond")) {
      Operand<TFloat32> condition =
          inputs.vectors(tf, "timestep_cond", config.timeConditionWidth());
      sinusoids = tf.math.add(sinusoids, linear(scope.in("cond_proj"), condition, width, false));
    }
    Operand<TFloat32> emb =
        TimestepEmbedding.apply(scope, sinusoids, config.timeWidth(), config.activation());
    return config.timePostActivation().apply(tf, emb);
  }

  private Operand<TFloat32> classEmbedding(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope scope = root.in("class_embedding");
    int out = config.timeWidth();
    return switch (config.classEmbedding()) {
      case "none" -> null;
      case "table" -> embedding(scope, inputs.longs(tf, "class_labels"), config.classes(), out);
      case "timestep" ->
          TimestepEmbedding.apply(
              scope,
              sinusoids(tf, inputs.floats(tf, "class_labels"), config.channels().get(0)),
              out,
              config.activation());
      case "projection" ->
          TimestepEmbedding.apply(scope, inputs.floats(tf, "class_labels"), out, Activation.SILU);
      case "simple_projection" -> linear(scope, classVectors(tf, inputs), out);
      default -> inputs.vectors(tf, "class_labels", out);
    };
  }

  private Operand<TFloat32> classVectors(Ops tf, Inputs inputs) {
    return inputs.vectors(tf, "class_labels", config.projectionInputWidth());
  }

  private Operand<TFloat32> additionEmbedding(Scope scope, Inputs inputs) {
    Ops tf = scope.tf();
    int out = config.timeWidth();
    return switch (config.additionEmbedding()) {
      case "text" ->
          TextTimeEmbedding.apply(
              scope, ContextStates.given(config, tf, inputs), config.additionHeads(), out);
      case "text_time" ->
          TimestepEmbedding.apply(scope, textAndTimeIds(tf, inputs), out, Activation.SILU);
      case "image" ->
          scope.tap(
              layerNorm(
                  scope.in("image_norm"),
                  linear(
                      scope.in("image_proj"),
                      inputs.vectors(tf, "image_embeds", config.contextInputWidth()),
                      out),
                  LAYER_NORM_EPSILON));
      default -> null;
    };
  }

  /** SDXL's micro-conditioning (Podell et al. 2023, section 2.2), after the pooled text. */
  private Operand<TFloat32> textAndTimeIds(Ops tf, Inputs inputs) {
    Operand<TFloat32> ids = inputs.floats(tf, "time_ids");
    int width = config.additionTimeWidth();
    Operand<TFloat32> sinusoids = sinusoids(tf, reshape(tf, ids, -1), width);
    Operand<TFloat32> times = reshape(tf, sinusoids, -1, extent(ids, 1) * width);
    Operand<TFloat32> text = inputs.floats(tf, "text_embeds");
    if (channels(text) + channels(times) != config.projectionInputWidth()) {
      throw new IllegalArgumentException(
          "text_embeds of width %d and %d time_ids make %d values, this network takes %d"
              .formatted(
                  channels(text),
                  extent(ids, 1),
                  channels(text) + channels(times),
                  config.projectionInputWidth()));
    }
    return concat(tf, -1, List.of(text, times));
  }

  private Operand<TFloat32> sinusoids(Ops tf, Operand<TFloat32> times, int width) {
    return timestepEmbedding(tf, times, width, config.cosineFirst(), config.frequencyShift());
  }
}
