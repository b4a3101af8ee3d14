package dev.sluice.trainer.imagen;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.captioned.T5Captions;
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
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The loss of a network that enlarges (Saharia et al. 2022, section 2.4): what it says of a noised
 * picture beside the small one, which is enlarged and carries noise of a level that is drawn anew
 * each time and told (noise conditioning augmentation: Ho et al. 2022, section 4.2).
 *
 * <p>It learns from crops, as the paper's does: its pixels attend to the text and not to each
 * other, so that what it learns there holds for whole pictures.
 */
final class PixelsToPixels implements Objective {

  private static final int COLORS = 3;

  private final Recipe recipe;
  private final int from;
  private final int to;
  private final int crop;
  private final Path text;
  private final Config textConfig;
  private final ShapesBatches batches;
  private final T5Captions captions;
  private final DiffusionLoss loss;
  private final DiffusionLoss augmentation;

  PixelsToPixels(PhaseContext context) {
    this.recipe = context.recipe();
    this.from = recipe.integer("small-side", 1);
    this.to = recipe.integer("components.unet.sample_size", 1);
    this.crop = context.own().integer("crop", 1);
    this.text = ShapesImagen64.trainedText(recipe);
    this.textConfig = OtherModel.config(text);
    this.batches = new ShapesBatches(context);
    this.captions = new T5Captions(context);
    this.loss = DiffusionLoss.of(recipe.at("loss"));
    this.augmentation =
        new DiffusionLoss(
            loss.process().first(context.own().integer("augmentation", 1)),
            loss.prediction(),
            loss.weighting(),
            loss.variance());
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component encoder = graph.frozen(IfFiles.TEXT_ENCODER, new T5EncoderModel(textConfig), text);
    Component unet =
        graph.trained(IfFiles.UNET, new UNet2DConditionModel(Config.of(IfFiles.unet(recipe))));
    Operand<TFloat32> states = captions.of(graph, encoder);
    Noised noised = loss.noised(graph, graph.floats("clean", COLORS, crop, crop));
    Noised small = augmentation.noised(graph, graph.floats("enlarged", COLORS, crop, crop));
    Operand<TFloat32> answer =
        graph
            .build(
                unet,
                Map.of(
                    "sample",
                    Layers.concat(graph.tf(), 1, List.of(noised.sample(), small.sample())),
                    "timestep",
                    noised.timestep(),
                    "class_labels",
                    small.timestep(),
                    "encoder_hidden_states",
                    states))
            .get("sample");
    return List.of(new Player(IfFiles.UNET, loss.ofColors(graph, noised, answer), List.of(unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    int rows = examples.length;
    Map<String, HostTensor> batch = captions.batch(examples, random);
    int length = COLORS * crop * crop;
    float[] clean = new float[rows * length];
    float[] enlarged = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      float[] picture = examples[row].pixels();
      int left = random.nextInt(to - crop + 1);
      int top = random.nextInt(to - crop + 1);
      cut(ShapesBatches.reduced(picture, to), left, top, clean, row * length);
      // As it is enlarged when pictures are made.
      float[] large =
          Resampling.BILINEAR_ALIGN_CORNERS.resize(
              ShapesBatches.reduced(picture, from), COLORS, from, from, to, to);
      cut(large, left, top, enlarged, row * length);
    }
    batch.put("clean", new HostTensor.Floats(clean, rows, COLORS, crop, crop));
    batch.put("enlarged", new HostTensor.Floats(enlarged, rows, COLORS, crop, crop));
    return batch;
  }

  private void cut(float[] picture, int left, int top, float[] into, int at) {
    for (int color = 0; color < COLORS; color++) {
      for (int y = 0; y < crop; y++) {
        System.arraycopy(
            picture,
            (color * to + top + y) * to + left,
            into,
            at + (color * crop + y) * crop,
            crop);
      }
    }
  }

  @Override
  public void close() {
    captions.close();
  }
}
