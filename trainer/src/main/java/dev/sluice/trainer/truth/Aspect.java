package dev.sluice.trainer.truth;

/** What can be right or wrong about a picture. All but the background need the right count. */
public enum Aspect {
  /** As many objects as asked for, in all. */
  COUNT,
  /** As many of each color as asked for, whichever objects have them. */
  COLOR,
  /** As many of each shape as asked for, whichever objects have them. */
  SHAPE,
  /** Every color on the shape it was asked for. */
  BINDING,
  /** Bound objects of the asked sizes. */
  SIZE,
  /** Bound objects that stand to each other as asked; pairs only. */
  RELATION,
  /** The asked background color. */
  BACKGROUND
}
