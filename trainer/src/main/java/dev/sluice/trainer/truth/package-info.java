/**
 * A measure of truth in which no network takes part: reads a picture of the shapes world back into
 * a scene by colors, connected regions and outlines, and compares it with what was asked for.
 */
package dev.sluice.trainer.truth;
