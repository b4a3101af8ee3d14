package dev.sluice.trainer.truth;

/** What can be right or wrong about a picture. All but the background need the right count. */
public enum Aspect {
  /** As many objects as asked for. */
  COUNT,
  /** The asked colors, whichever objects have them. */
  COLOR,
  /** The asked shapes, whichever objects have them. */
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
