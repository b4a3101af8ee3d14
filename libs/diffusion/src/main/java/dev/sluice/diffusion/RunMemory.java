package dev.sluice.diffusion;

import java.util.Map;
import java.util.TreeMap;

/** The mutable part of a run. */
final class RunMemory {

  final int[] shape;
  final int begin;
  int index;
  final Map<String, float[]> tensors = new TreeMap<>();

  RunMemory(int[] shape, int begin, int index) {
    this.shape = shape;
    this.begin = begin;
    this.index = index;
  }

  /** How many steps this run has made. */
  int steps() {
    return index - begin;
  }

  int batch() {
    return shape[0];
  }

  float[] recall(String name) {
    float[] tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the run's state lacks the tensor " + name + " that step " + index + " needs");
    }
    return tensor;
  }
}
