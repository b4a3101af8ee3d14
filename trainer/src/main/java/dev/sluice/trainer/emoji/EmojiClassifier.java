package dev.sluice.trainer.emoji;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.data.Draws;
import dev.sluice.trainer.data.Shuffled;
import dev.sluice.trainer.pixels.ClassifierObjective;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Tells emoji apart by drawings of another vendor than those that a model learns, so that what it
 * knows is what they show and not how one hand drew it. It sees none of the model's set.
 */
public final class EmojiClassifier implements TrainedSystem {

  /** Where it lies: not among the models, as it makes no pictures. */
  public static final String FOLDER = "trainer/measures/emoji-classifier";

  /** The side of what it looks at: half of the set's. */
  static final int SIDE = EmojiSet.SIDE / 2;

  /** Whose classes its numbers are, by their codes. */
  static final String CLASSES = "classes.json";

  static final String CODES = "codes";

  @Override
  public String name() {
    return "emoji-classifier";
  }

  @Override
  public Path folder() {
    return Path.of(FOLDER);
  }

  @Override
  public String paper() {
    return "for measures of emoji: what is drawn, by another vendor's drawings of it";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(
            ClassifierObjective.CLASSIFIER,
            EmojiClassifier::classifier,
            ClassifierObjective.CLASSIFIER));
  }

  /** How many classes there are, and which, is known when the set has been read. */
  private static Objective classifier(PhaseContext context) throws IOException {
    List<Emoji> emoji =
        EmojiSet.read(
                context.data(),
                Vendor.TWITTER,
                EmojiLdm.leftOut(context.recipe()),
                context.out()::println)
            .all();
    Map<String, Object> config =
        ModelFiles.ofClass("NoisyClassifier", context.recipe().map("components.classifier"));
    config.put("num_classes", emoji.size());
    ModelFiles.config(context.model(), ClassifierObjective.CLASSIFIER, config);
    ModelFiles.write(
        context.model().resolve(CLASSES), Map.of(CODES, emoji.stream().map(Emoji::code).toList()));
    return new ClassifierObjective(config, SIDE, Optional.empty(), moved(emoji, context));
  }

  private static PictureSource moved(List<Emoji> emoji, PhaseContext context) {
    Jitter jitter = Jitter.of(context.recipe().at("jitter"));
    long seed = context.settings().seed();
    int rows = context.settings().rows();
    Shuffled order = new Shuffled(emoji.size(), seed);
    int length = 3 * SIDE * SIDE;
    return number -> {
      int[] chosen = order.batch(number, rows);
      SplittableRandom random = Draws.of(seed, number);
      float[] pictures = new float[rows * length];
      long[] classes = new long[rows];
      for (int row = 0; row < rows; row++) {
        float[] drawing = jitter.moved(emoji.get(chosen[row]).pixels(), SIDE, random.split());
        System.arraycopy(drawing, 0, pictures, row * length, length);
        classes[row] = chosen[row];
      }
      return Map.of(
          "clean",
          new HostTensor.Floats(pictures, rows, 3, SIDE, SIDE),
          "classes",
          new HostTensor.Longs(classes, rows));
    };
  }

  /**
   * A picture as it looks at it.
   *
   * @param picture {@code [3, 64, 64]} in [-1, 1]
   * @return {@code [3, 32, 32]}, means of four pixels
   */
  static float[] reduced(float[] picture) {
    return Resampling.AREA.resize(picture, 3, EmojiSet.SIDE, EmojiSet.SIDE, SIDE, SIDE);
  }

  /** Nothing before the set has been read. */
  @Override
  public void writeFiles(Recipe recipe, Path model) {
    // The config has the number of classes.
  }
}
