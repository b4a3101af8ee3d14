package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.truth.Aspect;
import dev.sluice.trainer.truth.Verdict;

/**
 * The tasks of GenEval (Ghosh et al. 2023, section 3.1) that this world has; it never counts beyond
 * two. A shape stands for a class of objects. Ours are judged more strictly: as many objects as
 * asked for, and no more; and a position only where both objects have their colors.
 */
public enum Task {
  SINGLE_OBJECT("single object", false, Aspect.SHAPE),
  TWO_OBJECTS("two objects", true, Aspect.SHAPE),
  COLORS("colors", false, Aspect.BINDING),
  POSITION("position", true, Aspect.RELATION),
  COLOR_ATTRIBUTION("color attribution", true, Aspect.BINDING);

  private final String title;
  private final boolean ofPairs;
  private final Aspect aspect;

  Task(String title, boolean ofPairs, Aspect aspect) {
    this.title = title;
    this.ofPairs = ofPairs;
    this.aspect = aspect;
  }

  /** What the table calls it. */
  public String title() {
    return title;
  }

  /** Whether a picture was asked for this. */
  boolean asks(Verdict verdict) {
    return verdict.asked().contains(Aspect.RELATION) == ofPairs;
  }

  /** Whether a picture does it. */
  boolean isDone(Verdict verdict) {
    return verdict.meets(aspect);
  }
}
