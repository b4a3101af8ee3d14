/**
 * What the stage services have in common: between the messages of {@code sluice.v1} and the engines
 * of {@link dev.sluice.pipeline}. A service adds the few lines that say which tensors its engine
 * takes and which it gives.
 */
package dev.sluice.serving;
