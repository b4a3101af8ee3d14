/** Draws codes from the odds that a network gives. */
package dev.sluice.pipeline.draw;
