package dev.sluice.trainer.captioned;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a network says of a noised picture and its caption. The text encoder learns through it, as
 * GLIDE's (Nichol et al. 2021, section 2), or is there already and stays as it is, as Imagen's
 * (Saharia et al. 2022, section 2.1). A share of the captions is empty (GLIDE's section 2.3), for
 * classifier-free guidance.
 *
 * <p>The network has channels for a variance, as {@code IFPipeline} wants them. They are trained
 * only where the recipe gives the bound a weight; they stay at zero otherwise, the middle of the
 * range.
 */
public final class TextToPixels implements Objective {

  private static final int COLORS = 3;

  private final Recipe recipe;
  private final int side;
  private final ShapesBatches batches;
  private final CaptionStates captions;
  private final Function<TrainingGraph, Component> encoder;
  private final boolean learnsText;
  private final DiffusionLoss loss;

  private TextToPixels(
      PhaseContext context,
      CaptionStates captions,
      Function<TrainingGraph, Component> encoder,
      boolean learnsText) {
    this.recipe = context.recipe();
    this.side = recipe.integer("components.unet.sample_size", 1);
    this.batches = new ShapesBatches(context);
    this.captions = captions;
    this.encoder = encoder;
    this.learnsText = learnsText;
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  /** With a text encoder that learns too. */
  public static TextToPixels learningText(PhaseContext context) {
    return new TextToPixels(
        context,
        new T5Captions(context),
        graph -> graph.trained(IfFiles.TEXT_ENCODER, t5(context)),
        true);
  }

  /** With the text encoder that lies in the model folder. */
  public static TextToPixels ofFrozenText(PhaseContext context) {
    Path folder = OtherModel.component(context.model().toString(), IfFiles.TEXT_ENCODER);
    return new TextToPixels(
        context,
        new T5Captions(context),
        graph -> graph.frozen(IfFiles.TEXT_ENCODER, t5(context), folder),
        false);
  }

  /**
   * With a CLIP that stays as it is.
   *
   * @param folder of its text encoder
   */
  public static TextToPixels ofFrozenClip(PhaseContext context, Path folder) {
    Architecture clip = ClipTextModel.unprojected(OtherModel.config(folder));
    return new TextToPixels(
        context,
        new ClipCaptions(context),
        graph -> graph.frozen(IfFiles.TEXT_ENCODER, clip, folder),
        false);
  }

  private static Architecture t5(PhaseContext context) {
    return new T5EncoderModel(Config.of(IfFiles.textEncoder(context.recipe())));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component text = encoder.apply(graph);
    Component unet =
        graph.trained(IfFiles.UNET, new UNet2DConditionModel(Config.of(IfFiles.unet(recipe))));
    Operand<TFloat32> states = captions.of(graph, text);
    Noised noised = loss.noised(graph, graph.floats("clean", COLORS, side, side));
    Operand<TFloat32> answer = noised.answeredBy(graph, unet, states);
    return List.of(
        new Player(
            IfFiles.UNET,
            loss.ofColors(graph, noised, answer),
            learnsText ? List.of(text, unet) : List.of(unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    Map<String, HostTensor> batch = captions.batch(examples, batches.random(number));
    batch.put("clean", ShapesBatches.pictures(examples, side));
    return batch;
  }

  @Override
  public void close() {
    captions.close();
  }
}
