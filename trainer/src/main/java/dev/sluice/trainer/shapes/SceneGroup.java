package dev.sluice.trainer.shapes;

import java.util.Objects;

/**
 * Some objects that are alike.
 *
 * @param count how many, from 1 to {@link #MOST}
 * @param object each of them
 */
public record SceneGroup(int count, SceneObject object) {

  /** As many objects as a scene has room for. */
  public static final int MOST = 4;

  public SceneGroup {
    Objects.requireNonNull(object, "object");
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(
          "A group has 1 to %d objects, not %d".formatted(MOST, count));
    }
  }
}
