package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DModel;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** Noise levels of the small picture, as timesteps of the same schedule. */
  static final int MAX_LEVEL = 250;

  private static final double CLEAN_SHARE = 0.25;

  private final ShapesBatches batches;
  private final String component;
  private final Map<String, Object> config;
  private final int from;
  private final int to;
  private final int crop;

  SuperResolutionObjective(
      ShapesBatches batches, String component, Map<String, Object> config, int from, int to) {
    this.batches = batches;
    this.component = component;
    this.config = config;
    this.from = from;
    this.to = to;
    this.crop = to / 2;
  }

  @Override
  public Operand<TFloat32> loss(TrainingGraph graph) {
    TrainingGraph.Component network =
        graph.component(component, new UNet2DModel(Config.of(config)));
    Operand<TFloat32> predicted =
        graph
            .build(
                network,
                Map.of(
                    "sample", graph.floats("sample", 6, crop, crop),
                    "timestep", graph.floats("timestep"),
                    "class_labels", graph.floats("level")))
            .get("sample");
    return graph.mean(
        graph.tf().math.squaredDifference(predicted, graph.floats("clean", 3, crop, crop)));
  }

  @Override
  public Map<String, HostTensor> batch(long step) {
    SceneSampler.Example[] examples = batches.examples(step);
    SplittableRandom random = batches.random(step);
    int rows = examples.length;
    int length = 3 * crop * crop;
    float[] timesteps = ShapesBatches.timesteps(random, rows);
    float[] levels = new float[rows];
    float[] sample = new float[2 * rows * length];
    float[] sharp = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      float[] picture = examples[row].pixels();
      int left = random.nextInt(to - crop + 1);
      int top = random.nextInt(to - crop + 1);
      float[] whole = to == ShapesUnclip.PICTURE ? picture : ShapesBatches.reduced(picture, to);
      float[] clean = cropped(whole, left, top);
      Noise.add(clean, (int) timesteps[row], random, sample, 2 * row * length);
      System.arraycopy(clean, 0, sharp, row * length, length);
      float[] small = ShapesBatches.reduced(picture, from);
      if (random.nextDouble() >= CLEAN_SHARE) {
        int level = 1 + random.nextInt(MAX_LEVEL);
        levels[row] = level;
        small = Noise.SCHEDULE.qSample(small, Noise.normal(random, small.length), level);
      }
      float[] enlarged = Resampling.BICUBIC_ANTIALIAS.resize(small, 3, from, from, to, to);
      System.arraycopy(cropped(enlarged, left, top), 0, sample, (2 * row + 1) * length, length);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("sample", new HostTensor.Floats(sample, rows, 6, crop, crop));
    batch.put("timestep", new HostTensor.Floats(timesteps, rows));
    batch.put("level", new HostTensor.Floats(levels, rows));
    batch.put("clean", new HostTensor.Floats(sharp, rows, 3, crop, crop));
    return batch;
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
