package dev.sluice.trainer.shapes;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What a picture shows, as far as a caption can say it; exact places are a {@link SceneLayout}. */
public sealed interface Scene {

  /** The color behind the objects. */
  Background background();

  /** The objects in the order in which the canonical caption names them. */
  List<SceneObject> objects();

  /** One object. */
  record Single(SceneObject object, Background background) implements Scene {
    public Single {
      Objects.requireNonNull(object, "object");
      Objects.requireNonNull(background, "background");
    }

    @Override
    public List<SceneObject> objects() {
      return List.of(object);
    }
  }

  /** Two objects of different colors: {@code first} is {@code relation} {@code second}. */
  record Pair(SceneObject first, Relation relation, SceneObject second, Background background)
      implements Scene {
    public Pair {
      Objects.requireNonNull(first, "first");
      Objects.requireNonNull(relation, "relation");
      Objects.requireNonNull(second, "second");
      Objects.requireNonNull(background, "background");
      if (first.color() == second.color()) {
        throw new IllegalArgumentException(
            "The objects of a pair must differ in color, both are " + first.color().word());
      }
    }

    @Override
    public List<SceneObject> objects() {
      return List.of(first, second);
    }

    /** The same picture told from the second object: "a above b" is "b below a". */
    public Pair mirrored() {
      return new Pair(second, relation.inverse(), first, background);
    }
  }

  /**
   * One to three groups of different colors, wherever they are: two to four objects, and two only
   * if they are alike, as others are a {@link Pair}. One picture is one such scene: the order in
   * which groups are given does not matter.
   */
  record Groups(List<SceneGroup> groups, Background background) implements Scene {
    public Groups {
      Objects.requireNonNull(background, "background");
      groups =
          groups.stream().sorted(Comparator.comparing(group -> group.object().color())).toList();
      if (!possible(groups)) {
        throw new IllegalArgumentException(
            "Groups are of different colors, and two alike or three to %d objects in all, not %s"
                .formatted(SceneGroup.MOST, groups));
      }
    }

    /** Whether these are a scene. */
    static boolean possible(List<SceneGroup> groups) {
      int objects = groups.stream().mapToInt(SceneGroup::count).sum();
      long colors = groups.stream().map(group -> group.object().color()).distinct().count();
      return colors == groups.size()
          && groups.size() < SceneGroup.MOST
          && objects >= (groups.size() == 1 ? 2 : 3)
          && objects <= SceneGroup.MOST;
    }

    /** Group after group. */
    @Override
    public List<SceneObject> objects() {
      return groups.stream()
          .flatMap(group -> Collections.nCopies(group.count(), group.object()).stream())
          .toList();
    }
  }
}
