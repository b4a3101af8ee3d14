package dev.sluice.trainer.shapes;

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
}
