/** Traces: the context that goes along with tasks and calls, spans, and what logs say of both. */
package dev.sluice.stage.trace;
