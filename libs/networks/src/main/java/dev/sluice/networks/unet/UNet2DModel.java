package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Layers.toChannelsFirst;
import static dev.sluice.networks.layer.Norms.groupNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.LegacyAttentionNames;
import dev.sluice.networks.block.ResnetBlock;
import dev.sluice.networks.block.SpatialAttention;
import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.CheckpointNames;
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
 * The denoiser of DDPM (Ho et al. 2020, appendix B) and ADM (Dhariwal and Nichol 2021, section 3):
 * diffusers' {@code UNet2DModel}. Super-resolution networks are this, with the low-resolution
 * picture among the input channels.
 *
 * <p>Inputs: {@code sample [batch, channels, height, width]}, {@code timestep [batch]} and, where
 * the config has classes, {@code class_labels} ({@code [batch]}, or {@code [batch, time width]} for
 * {@code identity}). Output: {@code sample}, the prediction.
 */
public final class UNet2DModel implements Architecture {

  private final UNet2DConfig config;
  private final UShape shape;

  public UNet2DModel(Config config) {
    this(UNet2DConfig.of(config));
  }

  UNet2DModel(UNet2DConfig config) {
    this.config = config;
    this.shape = new UShape(down(), middle(), up());
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Operand<TFloat32> x = features(root, inputs, shape);
    x = conv2d(root.in("conv_out").fromZero(), x, config.outChannels(), 3, 1, 1);
    return Map.of("sample", toChannelsFirst(root.tf(), x));
  }

  /**
   * The way down and the middle alone.
   *
   * @return {@code [batch, height, width, channels]} at the coarsest level
   */
  Operand<TFloat32> encode(Scope root, Inputs inputs) {
    return features(root, inputs, new UShape(down(), middle(), List.of()));
  }

  private Operand<TFloat32> features(Scope root, Inputs inputs, UShape levels) {
    Ops tf = root.tf();
    Operand<TFloat32> sample = inputs.image(tf, "sample", config.inChannels());
    if (config.centerInput()) {
      sample = tf.math.sub(tf.math.mul(sample, tf.constant(2f)), tf.constant(1f));
    }
    Operand<TFloat32> emb = timeEmbedding(root, inputs);
    Operand<TFloat32> x = conv2d(root.in("conv_in"), sample, config.channels().get(0), 3, 1, 1);
    x = levels.apply(root, x, emb).x();
    x = groupNorm(root.in("conv_norm_out"), x, config.groups(), config.epsilon());
    return Activation.SILU.apply(tf, x);
  }

  private Operand<TFloat32> timeEmbedding(Scope root, Inputs inputs) {
    Operand<TFloat32> time =
        TimestepEmbedding.apply(
            root.in("time_embedding"),
            sinusoids(root, inputs, "timestep"),
            config.timeWidth(),
            Activation.SILU);
    Scope scope = root.in("class_embedding");
    return switch (config.classEmbedding()) {
      case "table" ->
          root.tf()
              .math
              .add(
                  time,
                  embedding(
                      scope,
                      inputs.longs(root.tf(), "class_labels"),
                      config.classes(),
                      config.timeWidth()));
      case "timestep" ->
          root.tf()
              .math
              .add(
                  time,
                  TimestepEmbedding.apply(
                      scope,
                      sinusoids(root, inputs, "class_labels"),
                      config.timeWidth(),
                      Activation.SILU));
      case "identity" ->
          root.tf().math.add(time, inputs.vectors(root.tf(), "class_labels", config.timeWidth()));
      default -> time;
    };
  }

  private Operand<TFloat32> sinusoids(Scope root, Inputs inputs, String name) {
    return timestepEmbedding(
        root.tf(),
        inputs.floats(root.tf(), name),
        config.channels().get(0),
        config.cosineFirst(),
        config.frequencyShift());
  }

  private List<Level> down() {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i < config.channels().size(); i++) {
      BlockKind kind = config.downBlocks().get(i);
      boolean inResnet =
          kind.resamplesInResnet() || kind == BlockKind.ATTENTION && config.resnetDownsampling();
      Sampler sampler =
          inResnet
              ? Sampler.resnetDown(resnet())
              : Sampler.convolutionDown(config.downsamplePadding());
      boolean last = i == config.channels().size() - 1;
      levels.add(level(kind, config.channels().get(i), config.layers(), last ? null : sampler));
    }
    return levels;
  }

  private List<Level> up() {
    List<Level> levels = new ArrayList<>();
    int last = config.channels().size() - 1;
    for (int i = 0; i <= last; i++) {
      BlockKind kind = config.upBlocks().get(i);
      boolean inResnet =
          kind.resamplesInResnet() || kind == BlockKind.ATTENTION && config.resnetUpsampling();
      Sampler sampler = inResnet ? Sampler.resnetUp(resnet()) : Sampler.convolutionUp();
      int channels = config.channels().get(last - i);
      levels.add(level(kind, channels, config.layers() + 1, i == last ? null : sampler));
    }
    return levels;
  }

  private Level level(BlockKind kind, int channels, int layers, Sampler sampler) {
    List<Mixer> mixers =
        switch (kind) {
          case PLAIN, RESNET -> List.of();
          case ATTENTION ->
              Collections.nCopies(layers, attention(channels, config.groups(), 1)::apply);
          case CROSS_ATTENTION, SIMPLE_CROSS_ATTENTION ->
              throw new IllegalArgumentException(
                  "UNet2DModel has nothing to cross-attend to; blocks with cross-attention belong"
                      + " to UNet2DConditionModel");
        };
    return new Level(channels, layers, resnet(), mixers, sampler);
  }

  private Middle middle() {
    if (!config.hasMiddle()) {
      return null;
    }
    int channels = config.channels().get(config.channels().size() - 1);
    Mixer mixer =
        config.middleAttention()
            ? attention(channels, config.middleAttentionGroups(), config.middleScale())::apply
            : null;
    return new Middle(2, resnet().withOutputScale(config.middleScale()), mixer);
  }

  private ResnetBlock resnet() {
    return new ResnetBlock(
        config.groups(), config.epsilon(), config.activation(), config.time(), false, 1);
  }

  private SpatialAttention attention(int channels, int groups, double outputScale) {
    int headSize = config.headSize() == 0 ? channels : config.headSize();
    return new SpatialAttention(headSize, groups, config.epsilon(), outputScale);
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = 1 << (config.channels().size() - 1);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put(
        "sample",
        new HostTensor.Floats(
            new float[config.inChannels() * side * side], 1, config.inChannels(), side, side));
    inputs.put("timestep", new HostTensor.Longs(new long[1], 1));
    switch (config.classEmbedding()) {
      case "table", "timestep" -> inputs.put("class_labels", new HostTensor.Longs(new long[1], 1));
      case "identity" ->
          inputs.put(
              "class_labels",
              new HostTensor.Floats(new float[config.timeWidth()], 1, config.timeWidth()));
      default -> {}
    }
    return inputs;
  }

  @Override
  public CheckpointNames checkpointNames() {
    return LegacyAttentionNames.INSTANCE;
  }
}
