/** A task and its work, whichever door it came through. */
package dev.sluice.stage.work;
