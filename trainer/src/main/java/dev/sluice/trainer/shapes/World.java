package dev.sluice.trainer.shapes;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.TrainingRecord;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Which scenes there are and how they are told; recipes name it under {@code world}. What is held
 * out of the smaller world is held out of the larger one too.
 */
public enum World {
  /** One object, or two that stand to each other. What it draws never changes: models ship. */
  PAIRS {
    @Override
    public Scene random(SplittableRandom random) {
      return SceneSampler.random(random);
    }

    @Override
    public String caption(Scene scene, SplittableRandom random) {
      return Captions.sample(scene, random);
    }

    @Override
    public Set<String> words() {
      return Captions.words();
    }
  },

  /** The scenes of {@link #PAIRS} and groups of up to four objects, counted, in more words. */
  GROUPS {
    @Override
    public Scene random(SplittableRandom random) {
      return random.nextBoolean() ? SceneSampler.random(random) : GroupSampler.random(random);
    }

    @Override
    public String caption(Scene scene, SplittableRandom random) {
      return Paraphrases.sample(scene, random);
    }

    @Override
    public Set<String> words() {
      return Paraphrases.words();
    }
  };

  private static final String KEY = "world";

  /** The world that a recipe names; recipes from before there were two name none. */
  public static World of(Recipe recipe) {
    return recipe.has(KEY) ? recipe.choice(KEY, World.class) : PAIRS;
  }

  /** The world that a model was trained on. */
  public static World of(Path model) {
    return TrainingRecord.recipe(model).map(World::of).orElse(PAIRS);
  }

  /**
   * A component that a recipe is built on and that knows words: their ids are others in another
   * world.
   *
   * @return its folder
   * @throws TrainingException if it is not there, or of a model of another world
   */
  public static Path builtOn(Recipe recipe, String component) {
    Path folder = OtherModel.builtOn(recipe, component);
    World wanted = of(recipe);
    World known = of(folder.toAbsolutePath().getParent());
    if (wanted != known) {
      throw new TrainingException(
          ("the recipe's world is %s, but %s, which it is built on, learned the words of %s: train"
                  + " that model with --set %s=%s first, and name its folder by --set"
                  + " built-on.%s=FOLDER")
              .formatted(wanted.title(), folder, known.title(), KEY, wanted.title(), component));
    }
    return folder;
  }

  /** Any scene, held out of training or not. */
  public abstract Scene random(SplittableRandom random);

  /** One of the ways of telling a scene. */
  public abstract String caption(Scene scene, SplittableRandom random);

  /** Every word that a caption can have. */
  public abstract Set<String> words();

  /** As recipes have it. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
