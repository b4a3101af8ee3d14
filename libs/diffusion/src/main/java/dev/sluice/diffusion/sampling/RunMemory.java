package dev.sluice.diffusion.sampling;

import java.util.Map;
import java.util.TreeMap;

/** The mutable part of a run. */
public final class RunMemory {

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
  public int steps() {
    return index - begin;
  }

  /** The step of the plan that comes next. */
  public int index() {
    return index;
  }

  /** What later steps need of earlier ones, by name; to be changed by the sampler. */
  public Map<String, float[]> tensors() {
    return tensors;
  }

  /** How many samples are one array. */
  public int batch() {
    return shape[0];
  }

  /**
   * What an earlier step left.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public float[] recall(String name) {
    float[] tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the run's state lacks the tensor " + name + " that step " + index + " needs");
    }
    return tensor;
  }
}
