package dev.sluice.trainer.shapes;

import java.util.List;

/**
 * A scene as answers to multiple-choice questions: how the objects stand, what each of them is,
 * what is behind them. The object further left or up is always the first, so that one picture has
 * one answer, whichever object its caption starts with.
 */
public final class SceneAttributes {

  private static final int LAYOUTS = 3;
  private static final int OBJECT =
      Shape.values().length + ShapeColor.values().length + ObjectSize.values().length;

  /** How many choices each question has. */
  public static final List<Integer> CHOICES =
      List.of(
          LAYOUTS,
          Background.values().length,
          Shape.values().length,
          ShapeColor.values().length,
          ObjectSize.values().length,
          Shape.values().length,
          ShapeColor.values().length,
          ObjectSize.values().length);

  /** Choices of all questions together. */
  public static final int SIZE = CHOICES.stream().mapToInt(Integer::intValue).sum();

  private SceneAttributes() {}

  /**
   * Marks the right answers with 1, question after question; no answer is right to a question about
   * an object that the scene lacks.
   *
   * @param target {@link #SIZE} zeros from {@code at}
   */
  public static void write(Scene scene, float[] target, int at) {
    target[at + layout(scene)] = 1;
    target[at + LAYOUTS + scene.background().ordinal()] = 1;
    int objects = at + LAYOUTS + Background.values().length;
    if (scene instanceof Scene.Pair pair && pair.relation().sign() > 0) {
      scene = pair.mirrored();
    }
    for (SceneObject object : scene.objects()) {
      write(object, target, objects);
      objects += OBJECT;
    }
  }

  private static int layout(Scene scene) {
    if (scene instanceof Scene.Pair pair) {
      return pair.relation().horizontal() ? 1 : 2;
    }
    return 0;
  }

  private static void write(SceneObject object, float[] target, int at) {
    target[at + object.shape().ordinal()] = 1;
    int colors = at + Shape.values().length;
    target[colors + object.color().ordinal()] = 1;
    target[colors + ShapeColor.values().length + object.size().ordinal()] = 1;
  }
}
