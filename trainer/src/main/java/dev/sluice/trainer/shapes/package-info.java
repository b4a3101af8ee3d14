/**
 * The procedural "shapes" world: what can be drawn, how it is drawn, how it is told in words, and
 * which combinations training never shows.
 *
 * <p>Everything is a pure function of a seed, so a training run that stops and resumes sees the
 * pictures that an uninterrupted one sees.
 */
package dev.sluice.trainer.shapes;
