package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.groupNorm;
import static dev.sluice.networks.layer.Layers.layerNorm;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Layers.toChannelsFirst;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.AddedKvAttention;
import dev.sluice.networks.block.CrossContext;
import dev.sluice.networks.block.ResnetBlock;
import dev.sluice.networks.block.SpatialAttention;
import dev.sluice.networks.block.SpatialTransformer;
import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UShape.Level;
import dev.sluice.networks.unet.UShape.Middle;
import dev.sluice.networks.unet.UShape.Mixer;
import dev.sluice.networks.unet.UShape.Sampler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The conditional denoiser: diffusers' {@code UNet2DConditionModel}. By its config it is latent
 * diffusion's (Rombach et al. 2022; SD 1 and 2, the x4 upscaler), SDXL's (Podell et al. 2023),
 * unCLIP's decoder (Ramesh et al. 2022; Karlo, Kandinsky 2.2) or Imagen's (Saharia et al. 2022;
 * DeepFloyd IF).
 *
 * <p>Inputs, those in brackets where the config asks for them or they are given:
 *
 * <ul>
 *   <li>{@code sample [batch, channels, height, width]}, {@code timestep [batch]}
 *   <li>({@code encoder_hidden_states [batch, tokens, width]}), and over its tokens ({@code
 *       encoder_attention_mask}) or, for added-key attention, ({@code attention_mask}), both {@code
 *       [batch, tokens]}, 1 for keep and 0 for drop
 *   <li>({@code class_labels}): {@code [batch]}, or a vector per row
 *   <li>({@code text_embeds [batch, width]}), ({@code time_ids [batch, numbers]}), ({@code
 *       image_embeds [batch, width]}), ({@code timestep_cond [batch, width]})
 * </ul>
 *
 * <p>Output: {@code sample}, the prediction. With the input {@link #KEEP_DEEP_FEATURES}, of any
 * value, also {@link #DEEP_FEATURES}; given those of an earlier step as an input, only the
 * outermost layers are run (Ma et al. 2023, "DeepCache").
 */
public final class UNet2DConditionModel implements Architecture {

  /** What comes up to the last layer, {@code [batch, channels, height, width]}. */
  public static final String DEEP_FEATURES = "deep_features";

  /** {@code [batch]}: the deep features are wanted. */
  public static final String KEEP_DEEP_FEATURES = "keep_deep_features";

  /** Tokens that an image embedding is projected to. */
  private static final int IMAGE_TOKENS = 32;

  private static final double LAYER_NORM_EPSILON = 1e-5;

  private final UNet2DConditionConfig config;
  private final int last;

  public UNet2DConditionModel(Config config) {
    this.config = UNet2DConditionConfig.of(config);
    this.last = this.config.channels().size() - 1;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> sample = inputs.image(tf, "sample", config.inChannels());
    if (config.centerInput()) {
      sample = tf.math.sub(tf.math.mul(sample, tf.constant(2f)), tf.constant(1f));
    }
    Operand<TFloat32> emb = conditioning(root, inputs);
    Context context = context(root, inputs);
    UShape shape = new UShape(down(context), middle(context), up(context));

    int first = config.channels().get(0);
    Operand<TFloat32> x = convolution(root.in("conv_in"), sample, first, config.convInKernel());
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has(DEEP_FEATURES)) {
      x = shape.applyLast(root, x, emb, inputs.image(tf, DEEP_FEATURES, shape.deepChannels()));
    } else {
      UShape.Pass pass = shape.apply(root, x, emb);
      if (inputs.has(KEEP_DEEP_FEATURES)) {
        outputs.put(DEEP_FEATURES, toChannelsFirst(tf, pass.deep()));
      }
      x = pass.x();
    }
    x = groupNorm(root.in("conv_norm_out"), x, config.groups(), config.epsilon());
    x = config.activation().apply(tf, x);
    x =
        convolution(
            root.in("conv_out").fromZero(), x, config.outChannels(), config.convOutKernel());
    outputs.put("sample", toChannelsFirst(tf, x));
    return outputs;
  }

  private static Operand<TFloat32> convolution(
      Scope scope, Operand<TFloat32> x, int out, int kernel) {
    return conv2d(scope, x, out, kernel, 1, (kernel - 1) / 2);
  }

  // ---- The embedding that every residual block sees ----

  private Operand<TFloat32> conditioning(Scope root, Inputs inputs) {
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
          TextTimeEmbedding.apply(scope, encoderStates(tf, inputs), config.additionHeads(), out);
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

  // ---- What the pixels attend to ----

  /**
   * @param cross tokens with their mask; null when no level has cross-attention
   * @param pixelBias for the spatial transformers' first attention; null for none
   */
  private record Context(CrossContext cross, Operand<TFloat32> pixelBias) {}

  private Context context(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    if (!attendsToContext()) {
      return new Context(null, null);
    }
    Operand<TFloat32> tokenBias = bias(tf, inputs, "encoder_attention_mask");
    return new Context(
        new CrossContext(states(root, inputs), tokenBias), bias(tf, inputs, "attention_mask"));
  }

  private Operand<TFloat32> states(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope scope = root.in("encoder_hid_proj");
    int width = config.contextWidth();
    return switch (config.contextProjection()) {
      case "text_proj" -> linear(scope, encoderStates(tf, inputs), width);
      case "image_proj" -> {
        Operand<TFloat32> image = inputs.vectors(tf, "image_embeds", config.contextInputWidth());
        Operand<TFloat32> tokens = linear(scope.in("image_embeds"), image, IMAGE_TOKENS * width);
        yield scope.tap(
            layerNorm(
                scope.in("norm"),
                reshape(tf, tokens, -1, IMAGE_TOKENS, width),
                LAYER_NORM_EPSILON));
      }
      default -> encoderStates(tf, inputs);
    };
  }

  private Operand<TFloat32> encoderStates(Ops tf, Inputs inputs) {
    return inputs.vectors(tf, "encoder_hidden_states", encoderWidth());
  }

  /** The width of the encoder's states as they are given, before any projection. */
  private int encoderWidth() {
    return config.contextProjection().equals("text_proj")
        ? config.contextInputWidth()
        : config.contextWidth();
  }

  private static Operand<TFloat32> bias(Ops tf, Inputs inputs, String name) {
    return inputs.has(name) ? CrossContext.bias(tf, inputs.floats(tf, name)) : null;
  }

  private boolean attendsToContext() {
    return config.downBlocks().stream().anyMatch(UNet2DConditionModel::attendsToContext)
        || config.upBlocks().stream().anyMatch(UNet2DConditionModel::attendsToContext)
        || config.middle().endsWith("CrossAttn");
  }

  private static boolean attendsToContext(BlockKind kind) {
    return kind == BlockKind.CROSS_ATTENTION || kind == BlockKind.SIMPLE_CROSS_ATTENTION;
  }

  // ---- The levels ----

  private List<Level> down(Context context) {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      BlockKind kind = config.downBlocks().get(i);
      ResnetBlock resnet = resnet(kind);
      Sampler sampler =
          kind.resamplesInResnet()
              ? Sampler.resnetDown(resnet)
              : Sampler.convolutionDown(config.downsamplePadding());
      List<Mixer> mixers =
          mixers(kind, i, config.headSizes().get(i), config.transformerLayers().get(i), context);
      levels.add(
          new Level(
              config.channels().get(i),
              config.layers().get(i),
              resnet,
              mixers,
              i == last ? null : sampler));
    }
    return levels;
  }

  private List<Level> up(Context context) {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      BlockKind kind = config.upBlocks().get(i);
      int level = last - i;
      ResnetBlock resnet = resnet(kind);
      Sampler sampler =
          kind.resamplesInResnet() ? Sampler.resnetUp(resnet) : Sampler.convolutionUp();
      // Unlike everything else, diffusers does not reverse attention_head_dim on the way up.
      int headSize = config.headSizes().get(i);
      List<Mixer> mixers =
          mixers(kind, level, headSize, config.upTransformerLayers().get(i), context);
      levels.add(
          new Level(
              config.channels().get(level),
              config.layers().get(level) + 1,
              resnet,
              mixers,
              i == last ? null : sampler));
    }
    return levels;
  }

  private Middle middle(Context context) {
    return switch (config.middle()) {
      case "UNetMidBlock2DCrossAttn" ->
          new Middle(
              2,
              middleResnet(false),
              transformer(last, config.transformerLayers().get(last).get(0), false, context));
      case "UNetMidBlock2DSimpleCrossAttn" ->
          new Middle(
              2,
              middleResnet(config.skipTimeActivation()),
              addedKv(config.headSizes().get(last), config.middleOnlyContext(), context));
      case "UNetMidBlock2D" -> new Middle(1, middleResnet(false), null);
      default -> null;
    };
  }

  /**
   * @param level of the channels, finest first
   * @param transformerLayers for each layer of this level
   */
  private List<Mixer> mixers(
      BlockKind kind, int level, int headSize, List<Integer> transformerLayers, Context context) {
    boolean onlyContext = config.onlyContext().get(level);
    int layers = transformerLayers.size();
    return switch (kind) {
      case PLAIN, RESNET -> List.of();
      case ATTENTION ->
          Collections.nCopies(
              layers, new SpatialAttention(headSize, config.groups(), config.epsilon(), 1)::apply);
      case CROSS_ATTENTION ->
          transformerLayers.stream()
              .map(count -> transformer(level, count, onlyContext, context))
              .toList();
      case SIMPLE_CROSS_ATTENTION ->
          Collections.nCopies(layers, addedKv(headSize, onlyContext, context));
    };
  }

  private Mixer transformer(int level, int layers, boolean onlyContext, Context context) {
    SpatialTransformer transformer =
        new SpatialTransformer(
            config.headCounts().get(level),
            layers,
            config.groups(),
            config.linearProjection(),
            onlyContext);
    return (scope, x) -> transformer.apply(scope, x, context.cross(), context.pixelBias());
  }

  private Mixer addedKv(int headSize, boolean onlyContext, Context context) {
    AddedKvAttention attention =
        new AddedKvAttention(headSize, config.groups(), onlyContext, config.contextNorm());
    // Here both masks are over the tokens, and attention_mask goes first.
    Operand<TFloat32> bias =
        context.pixelBias() == null ? context.cross().bias() : context.pixelBias();
    CrossContext cross = new CrossContext(context.cross().states(), bias);
    return (scope, x) -> attention.apply(scope, x, cross);
  }

  private ResnetBlock resnet(BlockKind kind) {
    return kind.resamplesInResnet()
        ? resnet(config.skipTimeActivation(), config.resnetScale())
        : resnet(false, 1);
  }

  private ResnetBlock middleResnet(boolean timeActivated) {
    return resnet(timeActivated, config.middleScale());
  }

  private ResnetBlock resnet(boolean timeActivated, double outputScale) {
    return new ResnetBlock(
        config.groups(),
        config.epsilon(),
        config.activation(),
        config.time(),
        timeActivated,
        outputScale);
  }

  // ---- Inputs ----

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = 1 << last;
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("sample", zeros(1, config.inChannels(), side, side));
    inputs.put("timestep", zeros(1));
    boolean projectsImage = config.contextProjection().equals("image_proj");
    if (attendsToContext() && !projectsImage) {
      inputs.put("encoder_hidden_states", zeros(1, 1, encoderWidth()));
    }
    if (projectsImage || config.additionEmbedding().equals("image")) {
      inputs.put("image_embeds", zeros(1, config.contextInputWidth()));
    }
    switch (config.classEmbedding()) {
      case "table", "timestep" -> inputs.put("class_labels", new HostTensor.Longs(new long[1], 1));
      case "identity" -> inputs.put("class_labels", zeros(1, config.timeWidth()));
      case "projection", "simple_projection" ->
          inputs.put("class_labels", zeros(1, config.projectionInputWidth()));
      default -> {}
    }
    if (config.additionEmbedding().equals("text_time")) {
      // How many numbers the text is followed by is not in the config; any division will do here.
      int textWidth = config.projectionInputWidth() - config.additionTimeWidth();
      inputs.put("text_embeds", zeros(1, textWidth));
      inputs.put("time_ids", zeros(1, 1));
    }
    if (config.timeConditionWidth() > 0) {
      inputs.put("timestep_cond", zeros(1, config.timeConditionWidth()));
    }
    return inputs;
  }

  private static HostTensor zeros(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return new HostTensor.Floats(new float[size], shape);
  }
}
