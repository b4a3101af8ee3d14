/**
 * A network's weights: declared by its layers, matched with a checkpoint, read into variables or
 * made trainable.
 */
package dev.sluice.networks.weights;
