/** Tensors in the Java heap and in TensorFlow's memory, and the copies between them. */
package dev.sluice.networks.tensor;
