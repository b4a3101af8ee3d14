package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.truth.Aspect;
import dev.sluice.trainer.truth.Verdict;

/**
 * The tasks of GenEval (Ghosh et al. 2023, section 3.1), of which the world of pairs has no
 * counting. A shape stands for a class of objects. Ours are judged more strictly: as many objects
 * as asked for, and no more; a position only where both objects have their colors; and counting may
 * ask for several classes.
 */
public enum Task {
  SINGLE_OBJECT("single object", Scene.Single.class, Aspect.SHAPE),
  TWO_OBJECTS("two objects", Scene.Pair.class, Aspect.SHAPE),
  COUNTING("counting", Scene.Groups.class, Aspect.SHAPE),
  COLORS("colors", Scene.Single.class, Aspect.BINDING),
  POSITION("position", Scene.Pair.class, Aspect.RELATION),
  COLOR_ATTRIBUTION("color attribution", Scene.Pair.class, Aspect.BINDING);

  private final String title;
  private final Class<? extends Scene> kind;
  private final Aspect aspect;

  Task(String title, Class<? extends Scene> kind, Aspect aspect) {
    this.title = title;
    this.kind = kind;
    this.aspect = aspect;
  }

  /** What the table calls it. */
  public String title() {
    return title;
  }

  /** Whether a picture was asked for this. */
  boolean asks(Verdict verdict) {
    return kind.isInstance(verdict.scene());
  }

  /** Whether a picture does it. */
  boolean isDone(Verdict verdict) {
    return verdict.meets(aspect);
  }
}
