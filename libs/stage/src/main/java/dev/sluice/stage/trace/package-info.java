/** The trace context that goes along with tasks and calls. */
package dev.sluice.stage.trace;
