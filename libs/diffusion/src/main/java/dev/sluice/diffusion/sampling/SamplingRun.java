package dev.sluice.diffusion.sampling;

import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import java.util.HashMap;
import java.util.Map;

/**
 * One image (or one batch drawn from one generator) on its way through a plan. Holds which step is
 * next and what multistep solvers remember; the sample itself stays with the caller. Not
 * thread-safe.
 */
public final class SamplingRun {

  private final SamplingPlan plan;
  private final RunMemory memory;
  private final int elements;

  SamplingRun(SamplingPlan plan, int[] shape, int begin) {
    this.plan = plan;
    this.elements = SamplingPlan.elements(shape);
    this.memory = new RunMemory(shape.clone(), begin, begin);
  }

  SamplingRun(SamplingPlan plan, RunState state) {
    this.plan = plan;
    this.elements = SamplingPlan.elements(state.shape());
    this.memory = new RunMemory(state.shape().clone(), state.begin(), state.index());
    state
        .tensors()
        .forEach(
            (name, tensor) -> {
              requireLength("tensor " + name + " of the state", tensor);
              memory.tensors.put(name, tensor.clone());
            });
  }

  /** The index of the next step. */
  public int index() {
    return memory.index;
  }

  /** The index of the first step. */
  public int begin() {
    return memory.begin;
  }

  /** Whether all steps are made. */
  public boolean finished() {
    return memory.index == plan.length();
  }

  /** The next step's timestep, for the network. */
  public float timestep() {
    requireUnfinished();
    return plan.timestep(memory.index);
  }

  /** The next step's network input for the current sample; may be {@code sample} itself. */
  public float[] scaleInput(float[] sample) {
    requireUnfinished();
    requireLength("the sample", sample);
    return plan.scaleInput(memory.index, sample);
  }

  /**
   * Makes the next step.
   *
   * @param modelOutput the network's output after guidance, in the run's shape; with twice the
   *     channels if the network also predicts a variance, which samplers that have no use for it
   *     ignore
   * @param sample the current sample, not yet scaled; stays unchanged
   * @param noise drawn from exactly when diffusers would, and as much
   * @throws IllegalStateException if the run is finished
   */
  public StepResult step(float[] modelOutput, float[] sample, NoiseSource noise) {
    requireUnfinished();
    requireLength("the sample", sample);
    ModelOutput output = ModelOutput.of(modelOutput, memory.batch(), elements);
    StepResult result = plan.step(memory, output, sample, noise);
    memory.index++;
    return result;
  }

  /** A copy of all that this run remembers, for {@link SamplingPlan#resume}. */
  public RunState state() {
    Map<String, float[]> tensors = new HashMap<>();
    memory.tensors.forEach((name, tensor) -> tensors.put(name, tensor.clone()));
    return new RunState(memory.shape.clone(), memory.begin, memory.index, tensors);
  }

  private void requireUnfinished() {
    if (finished()) {
      throw new IllegalStateException("all " + plan.length() + " steps are made");
    }
  }

  private void requireLength(String what, float[] values) {
    if (values.length != elements) {
      throw new IllegalArgumentException(
          "%s has %d values; the run's shape needs %d".formatted(what, values.length, elements));
    }
  }
}
