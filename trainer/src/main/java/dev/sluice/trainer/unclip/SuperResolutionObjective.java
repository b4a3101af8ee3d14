package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.ForwardProcess;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.Prediction;
import dev.sluice.trainer.diffusion.Weighting;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A super-resolution network's loss: the squared distance of the sharp picture, predicted from a
 * noised one beside the enlarged small picture, which carries noise of a level that the network is
 * told (conditioning augmentation: Ho et al. 2022, "Cascaded Diffusion Models", section 4.2), so
 * that it forgives the faults of the stage before.
 *
 * <p>It learns from crops, as Imagen's does (Saharia et al. 2022, section 2.4): the network has no
 * attention, so that what it learns there holds for whole pictures, at a quarter of the cost.
 */
final class SuperResolutionObjective implements Objective {

  private final Recipe recipe;
  private final String component;
  private final ShapesBatches batches;
  private final DiffusionLoss loss;
  private final int from;
  private final int to;
  private final int crop;

  /**
   * @param from the recipe's name for the size of the small picture
   * @param to the recipe's name for the size of the large one
   */
  SuperResolutionObjective(PhaseContext context, String from, String to) {
    this.recipe = context.recipe();
    this.component = to.equals("picture") ? "super_res_last" : "super_res_first";
    this.batches = new ShapesBatches(context);
    this.loss =
        new DiffusionLoss(
            ForwardProcess.of(recipe.at("process")),
            Prediction.SAMPLE,
            new Weighting.Simple(),
            Optional.empty());
    this.from = recipe.integer("sizes." + from, 1);
    this.to = recipe.integer("sizes." + to, 1);
    this.crop = this.to / 2;
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component network =
        graph.trained(
            component, new UNet2DModel(Config.of(ShapesUnclip.superResolution(recipe, component))));
    Noised noised = loss.noised(graph, graph.floats("clean", 3, crop, crop));
    Operand<TFloat32> predicted =
        graph
            .build(
                network,
                Map.of(
                    "sample",
                    Layers.concat(
                        graph.tf(),
                        1,
                        List.of(noised.sample(), graph.floats("enlarged", 3, crop, crop))),
                    "timestep",
                    noised.timestep(),
                    "class_labels",
                    graph.floats("level")))
            .get("sample");
    return List.of(new Player(component, loss.of(graph, noised, predicted), List.of(network)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    int rows = examples.length;
    int length = 3 * crop * crop;
    float[] levels = new float[rows];
    float[] enlarged = new float[rows * length];
    float[] sharp = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      float[] picture = examples[row].pixels();
      int left = random.nextInt(to - crop + 1);
      int top = random.nextInt(to - crop + 1);
      float[] clean = cropped(ShapesBatches.reduced(picture, to), left, top);
      System.arraycopy(clean, 0, sharp, row * length, length);
      float[] small = ShapesBatches.reduced(picture, from);
      if (random.nextDouble() >= recipe.number("augmentation.clean-share", 0, 1)) {
        int level = 1 + random.nextInt(recipe.integer("augmentation.max-level", 1));
        levels[row] = level;
        small = noised(small, level, random);
      }
      float[] large = Resampling.BICUBIC_ANTIALIAS.resize(small, 3, from, from, to, to);
      System.arraycopy(cropped(large, left, top), 0, enlarged, row * length, length);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("enlarged", new HostTensor.Floats(enlarged, rows, 3, crop, crop));
    batch.put("level", new HostTensor.Floats(levels, rows));
    batch.put("clean", new HostTensor.Floats(sharp, rows, 3, crop, crop));
    return batch;
  }

  /** Here and not in the graph, as it comes before the enlargement. */
  private float[] noised(float[] small, int level, SplittableRandom random) {
    float[] noised = new float[small.length];
    for (int i = 0; i < small.length; i++) {
      noised[i] =
          loss.process().signal()[level] * small[i]
              + loss.process().noise()[level] * (float) random.nextGaussian();
    }
    return noised;
  }

  private float[] cropped(float[] picture, int left, int top) {
    float[] part = new float[3 * crop * crop];
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < crop; y++) {
        System.arraycopy(
            picture, (channel * to + top + y) * to + left, part, (channel * crop + y) * crop, crop);
      }
    }
    return part;
  }
}
