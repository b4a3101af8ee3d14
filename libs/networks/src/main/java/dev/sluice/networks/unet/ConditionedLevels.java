package dev.sluice.networks.unet;

import dev.sluice.networks.block.AddedKvAttention;
import dev.sluice.networks.block.CrossContext;
import dev.sluice.networks.block.ResnetBlock;
import dev.sluice.networks.block.SpatialAttention;
import dev.sluice.networks.block.SpatialTransformer;
import dev.sluice.networks.unet.UShape.Level;
import dev.sluice.networks.unet.UShape.Middle;
import dev.sluice.networks.unet.UShape.Mixer;
import dev.sluice.networks.unet.UShape.Sampler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The levels of a conditional UNet, by its config, that attend to one context. */
final class ConditionedLevels {

  private final UNet2DConditionConfig config;
  private final ContextStates context;
  private final int last;

  ConditionedLevels(UNet2DConditionConfig config, ContextStates context) {
    this.config = config;
    this.context = context;
    this.last = config.channels().size() - 1;
  }

  /** All levels, their blocks and the middle. */
  UShape shape() {
    return new UShape(down(), middle(), up());
  }

  private List<Level> down() {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      BlockKind kind = config.downBlocks().get(i);
      ResnetBlock resnet = resnet(kind);
      Sampler sampler =
          kind.resamplesInResnet()
              ? Sampler.resnetDown(resnet)
              : Sampler.convolutionDown(config.downsamplePadding());
      List<Mixer> mixers =
          mixers(kind, i, config.headSizes().get(i), config.transformerLayers().get(i));
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

  private List<Level> up() {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      BlockKind kind = config.upBlocks().get(i);
      int level = last - i;
      ResnetBlock resnet = resnet(kind);
      Sampler sampler =
          kind.resamplesInResnet() ? Sampler.resnetUp(resnet) : Sampler.convolutionUp();
      // Unlike everything else, diffusers does not reverse attention_head_dim on the way up.
      int headSize = config.headSizes().get(i);
      List<Mixer> mixers = mixers(kind, level, headSize, config.upTransformerLayers().get(i));
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

  private Middle middle() {
    return switch (config.middle()) {
      case "UNetMidBlock2DCrossAttn" ->
          new Middle(
              2,
              middleResnet(false),
              transformer(last, config.transformerLayers().get(last).get(0), false));
      case "UNetMidBlock2DSimpleCrossAttn" ->
          new Middle(
              2,
              middleResnet(config.skipTimeActivation()),
              addedKv(config.headSizes().get(last), config.middleOnlyContext()));
      case "UNetMidBlock2D" -> new Middle(1, middleResnet(false), null);
      default -> null;
    };
  }

  /**
   * @param level of the channels, finest first
   * @param transformerLayers for each layer of this level
   */
  private List<Mixer> mixers(
      BlockKind kind, int level, int headSize, List<Integer> transformerLayers) {
    boolean onlyContext = config.onlyContext().get(level);
    int layers = transformerLayers.size();
    return switch (kind) {
      case PLAIN, RESNET -> List.of();
      case ATTENTION ->
          Collections.nCopies(
              layers, new SpatialAttention(headSize, config.groups(), config.epsilon(), 1)::apply);
      case CROSS_ATTENTION ->
          transformerLayers.stream().map(count -> transformer(level, count, onlyContext)).toList();
      case SIMPLE_CROSS_ATTENTION -> Collections.nCopies(layers, addedKv(headSize, onlyContext));
    };
  }

  private Mixer transformer(int level, int layers, boolean onlyContext) {
    SpatialTransformer transformer =
        new SpatialTransformer(
            config.headCounts().get(level),
            layers,
            config.groups(),
            config.linearProjection(),
            onlyContext);
    return (scope, x) -> transformer.apply(scope, x, context.cross(), context.pixelBias());
  }

  private Mixer addedKv(int headSize, boolean onlyContext) {
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
}
