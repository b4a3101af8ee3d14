package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.toChannelsFirst;
import static dev.sluice.networks.layer.Norms.groupNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
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
    Operand<TFloat32> emb = ConditionEmbedding.of(config, root, inputs);
    ContextStates context = ContextStates.of(config, root, inputs);
    UShape shape = new ConditionedLevels(config, context).shape();

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

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = 1 << last;
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("sample", zeros(1, config.inChannels(), side, side));
    inputs.put("timestep", zeros(1));
    boolean projectsImage = config.contextProjection().equals("image_proj");
    boolean attendsToText = ContextStates.isWanted(config) && !projectsImage;
    // Pooled, the text is of use to a network that attends to none of its tokens.
    if (attendsToText || config.additionEmbedding().equals("text")) {
      inputs.put("encoder_hidden_states", zeros(1, 1, ContextStates.width(config)));
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
