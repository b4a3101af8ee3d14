package dev.sluice.trainer.pixels;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.NoisyClassifier;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.CrossEntropy;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A classifier of pictures: of clean ones, or at all noise levels to guide a denoiser (Dhariwal and
 * Nichol 2021, section 4).
 */
public final class ClassifierObjective implements Objective {

  /** The component, and the player. */
  public static final String CLASSIFIER = "classifier";

  private final Map<String, Object> config;
  private final int side;
  private final Optional<DiffusionLoss> noising;
  private final PictureSource source;

  /**
   * @param config of the network
   * @param noising whose process puts noise on the pictures; empty for clean ones
   * @param source is closed with this
   */
  public ClassifierObjective(
      Map<String, Object> config, int side, Optional<DiffusionLoss> noising, PictureSource source) {
    this.config = config;
    this.side = side;
    this.noising = noising;
    this.source = source;
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Config read = Config.of(config);
    Component classifier = graph.trained(CLASSIFIER, new NoisyClassifier(read));
    Operand<TInt64> classes = graph.longs("classes");
    Operand<TFloat32> clean = graph.floats("clean", read.integer("in_channels"), side, side);
    Operand<TFloat32> sample = clean;
    Operand<TFloat32> timestep =
        graph.tf().dtypes.cast(graph.tf().zerosLike(classes), TFloat32.class);
    if (noising.isPresent()) {
      Noised noised = noising.get().noised(graph, clean);
      sample = noised.sample();
      timestep = noised.timestep();
    }
    Operand<TFloat32> logits =
        graph.build(classifier, Map.of("sample", sample, "timestep", timestep)).get("logits");
    graph.measure("accuracy", CrossEntropy.accuracy(graph, logits, classes));
    Operand<TFloat32> loss = CrossEntropy.ofClasses(graph, logits, classes);
    return List.of(new Player(CLASSIFIER, loss, List.of(classifier)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return source.batch(number);
  }

  @Override
  public void close() {
    source.close();
  }
}
