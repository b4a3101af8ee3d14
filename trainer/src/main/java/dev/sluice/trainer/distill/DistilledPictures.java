package dev.sluice.trainer.distill;

import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.ScoreDistillation;
import dev.sluice.trainer.latent.GuidedTeacher;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Pictures, one for each text, whose latents are what is moved: DreamFusion's sampler of an image
 * in parameter space (Poole et al. 2022, section 3.1), in latents. They move beside each other and
 * do not know of each other.
 */
final class DistilledPictures implements Distilled {

  /** The recipe's name. */
  static final String RECIPE = "distill-picture";

  private static final String PICTURE = "picture";

  /** The input of which picture each row is of. */
  private static final String WHICH = "which";

  private final StableDiffusion judge;
  private final StableDiffusion.Words words;
  private final ScoreDistillation distillation;
  private final TrainingSettings settings;
  private final double guidance;
  private final double start;
  private final int count;

  /**
   * @param judge is closed with this
   * @param texts a picture each
   * @param negative what is not wanted; empty for nothing
   */
  DistilledPictures(StableDiffusion judge, Recipe recipe, List<String> texts, String negative) {
    this.judge = judge;
    this.words = judge.words(texts, negative);
    this.count = texts.size();
    this.distillation = ScoreDistillation.of(recipe, judge.process(), judge.prediction());
    this.guidance = recipe.number("guidance", 0, 1e4);
    this.start = recipe.number("start", 0, 100);
    this.settings = Distilled.settings(recipe, "draws", count * recipe.integer("draws", 1));
  }

  @Override
  public String component() {
    return PICTURE;
  }

  @Override
  public TrainingSettings settings() {
    return settings;
  }

  @Override
  public List<String> leftOut() {
    return words.leftOut();
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    int[] latent = judge.latentShape();
    Component pictures =
        graph
            .free(PICTURE, FirstValue.ZERO, count, latent[0], latent[1], latent[2])
            .startingWith("values", first(count * latent[0] * latent[1] * latent[2]));
    Operand<TInt64> which = graph.longs(WHICH);
    Noised noised = distillation.noised(graph, rows(graph, graph.values(pictures), which));
    Operand<TFloat32> answer =
        new GuidedTeacher(graph, judge.unet(), guidance)
            .answer(
                noised,
                rows(graph, Tensors.constant(graph, words.states()), which),
                Tensors.repeated(graph, Tensors.constant(graph, words.none()), graph.rows()));
    return List.of(
        new Player(PICTURE, distillation.loss(graph, noised, answer), List.of(pictures)));
  }

  private static Operand<TFloat32> rows(
      TrainingGraph graph, Operand<TFloat32> all, Operand<TInt64> which) {
    return graph.tf().gather(all, which, graph.tf().constant(0));
  }

  private float[] first(int size) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (start * random.nextGaussian());
    }
    return values;
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    long[] which = new long[settings.rows()];
    for (int row = 0; row < which.length; row++) {
      which[row] = row % count;
    }
    Map<String, HostTensor> batch =
        new LinkedHashMap<>(distillation.batch(number, settings.steps(), which.length));
    batch.put(WHICH, new HostTensor.Longs(which, which.length));
    return batch;
  }

  @Override
  public Path weights(Path folder) {
    return folder.resolve("latents.safetensors");
  }

  @Override
  public HostTensor.Floats pictures(Path folder) {
    int[] latent = judge.latentShape();
    try (SafetensorsFile file = SafetensorsFile.open(weights(folder))) {
      return judge.pictures(
          new HostTensor.Floats(file.floats("values"), count, latent[0], latent[1], latent[2]));
    }
  }

  @Override
  public Path finish(Path folder) throws IOException {
    HostTensor.Floats pictures = pictures(folder);
    List<Path> files =
        IntStream.range(0, count)
            .mapToObj(i -> folder.resolve(count == 1 ? "picture.png" : "picture-" + i + ".png"))
            .toList();
    for (int i = 0; i < count; i++) {
      Files.write(files.get(i), Pixels.png(pictures.row(i).values()));
    }
    return files.get(0);
  }

  @Override
  public void close() {
    judge.close();
  }
}
