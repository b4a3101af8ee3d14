package dev.sluice.trainer.shapes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A scene as answers to multiple-choice questions: how the objects stand, what each of them is,
 * what is behind them. Of a pair the object further left or up is always the first, so that one
 * picture has one answer, whichever object its caption starts with. A world of groups asks what
 * each group is, and how many.
 */
public final class SceneAttributes {

  private static final int OBJECT =
      Shape.values().length + ShapeColor.values().length + ObjectSize.values().length;

  /** The one object, a pair side by side, one over the other; groups. */
  private final int layouts;

  /** How many objects, or groups, are asked about. */
  private final int slots;

  /** Choices of the question how many there are; 0 where it is not asked. */
  private final int counts;

  /** The questions about scenes of a world. */
  public SceneAttributes(World world) {
    boolean groups = world == World.GROUPS;
    this.layouts = groups ? 4 : 3;
    this.slots = groups ? SceneGroup.MOST - 1 : 2;
    this.counts = groups ? SceneGroup.MOST : 0;
  }

  /** How many choices each question has. */
  public List<Integer> choices() {
    List<Integer> choices = new ArrayList<>(List.of(layouts, Background.values().length));
    for (int slot = 0; slot < slots; slot++) {
      choices.addAll(counts == 0 ? List.of() : List.of(counts));
      Collections.addAll(
          choices, Shape.values().length, ShapeColor.values().length, ObjectSize.values().length);
    }
    return choices;
  }

  /** Choices of all questions together. */
  public int size() {
    return layouts + Background.values().length + slots * (counts + OBJECT);
  }

  /**
   * Marks the right answers with 1, question after question; no answer is right to a question about
   * an object that the scene lacks.
   *
   * @param target {@link #size} zeros from {@code at}
   */
  public void write(Scene scene, float[] target, int at) {
    target[at + layout(scene)] = 1;
    target[at + layouts + scene.background().ordinal()] = 1;
    int slot = at + layouts + Background.values().length;
    for (SceneGroup group : groups(scene)) {
      if (counts > 0) {
        target[slot + group.count() - 1] = 1;
      }
      write(group.object(), target, slot + counts);
      slot += counts + OBJECT;
    }
  }

  private static List<SceneGroup> groups(Scene scene) {
    if (scene instanceof Scene.Groups groups) {
      return groups.groups();
    }
    boolean mirrored = scene instanceof Scene.Pair pair && pair.relation().sign() > 0;
    Scene told = mirrored ? ((Scene.Pair) scene).mirrored() : scene;
    return told.objects().stream().map(object -> new SceneGroup(1, object)).toList();
  }

  private static int layout(Scene scene) {
    if (scene instanceof Scene.Pair pair) {
      return pair.relation().horizontal() ? 1 : 2;
    }
    return scene instanceof Scene.Groups ? 3 : 0;
  }

  private static void write(SceneObject object, float[] target, int at) {
    target[at + object.shape().ordinal()] = 1;
    int colors = at + Shape.values().length;
    target[colors + object.color().ordinal()] = 1;
    target[colors + ShapeColor.values().length + object.size().ordinal()] = 1;
  }
}
