package dev.sluice.trainer.pixels;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pictures of a {@code DDPMPipeline} by the thousand: whole batches in one run, two runs side by
 * side. What they are does not depend on how many are made, but for those of one batch.
 */
public final class PixelSampler implements AutoCloseable {

  private static final int BATCH = 50;
  private static final int SIDE_BY_SIDE = 2;

  private final Network unet;
  private final Config config;
  private final SchedulerConfig scheduler;
  private final Answers answers;
  private final Optional<Steering> steering;

  /** Brings what a network says to what its scheduler expects. */
  @FunctionalInterface
  public interface Answers {

    /** As the scheduler reads it. */
    Answers AS_THEY_ARE = (answer, sample, timestep) -> answer;

    /**
     * @param answer of the network
     * @param sample that it was asked of
     */
    float[] read(float[] answer, float[] sample, int timestep);
  }

  /**
   * Classifier guidance (Dhariwal and Nichol 2021, algorithm 1).
   *
   * @param classifier of noisy samples
   * @param scale of its gradient
   */
  public record Steering(Network classifier, double scale) {}

  /**
   * Opens a model.
   *
   * @param steering towards the classes that are asked for; empty for none
   */
  public PixelSampler(Path folder, Answers answers, Optional<Steering> steering) {
    ModelFolder model = ModelFolder.open(folder);
    this.config = model.config(UnetObjective.UNET);
    this.scheduler = model.scheduler("scheduler");
    this.unet = Components.network(model, UnetObjective.UNET);
    this.answers = answers;
    this.steering = steering;
  }

  /**
   * Makes pictures from noise.
   *
   * @param classes of each; all the same to a network without classes that is not steered
   * @param seed of the noise
   * @return {@code [count, channels, side, side]}, within [-1, 1]
   */
  public HostTensor.Floats sample(Sampling sampling, long[] classes, long seed) {
    SamplingPlan plan = sampling.plan(scheduler);
    return gathered(
        classes.length,
        (start, rows) -> {
          TorchGenerator generator = new TorchGenerator(seed * 1_000_003L + start);
          int[] shape = shape(rows);
          return run(plan, plan.initialSample(generator, shape), shape, classes, start, generator);
        });
  }

  /**
   * Makes pictures from noise that is given, by samplers that draw none.
   *
   * @param noise {@code [count, channels, side, side]}
   */
  public HostTensor.Floats sampleFrom(Sampling sampling, HostTensor.Floats noise, long[] classes) {
    return from(sampling.plan(scheduler), noise, classes);
  }

  /**
   * The noise from which DDIM would make pictures that are there (Song et al. 2021, section 4.3).
   *
   * @param pictures {@code [count, channels, side, side]} in [-1, 1]
   */
  public HostTensor.Floats invert(Sampling sampling, HostTensor.Floats pictures, long[] classes) {
    return from(sampling.inversion(scheduler), pictures, classes);
  }

  private HostTensor.Floats from(SamplingPlan plan, HostTensor.Floats given, long[] classes) {
    int size = given.values().length / classes.length;
    return gathered(
        classes.length,
        (start, rows) ->
            run(
                plan,
                Arrays.copyOfRange(given.values(), start * size, (start + rows) * size),
                shape(rows),
                classes,
                start,
                new TorchGenerator(start)));
  }

  private int[] shape(int rows) {
    int side = config.integer("sample_size");
    return new int[] {rows, config.integer("in_channels"), side, side};
  }

  private float[] run(
      SamplingPlan plan,
      float[] begin,
      int[] shape,
      long[] classes,
      int start,
      TorchGenerator generator) {
    HostTensor.Longs labels =
        new HostTensor.Longs(Arrays.copyOfRange(classes, start, start + shape[0]), shape[0]);
    SamplingRun run = plan.start(shape);
    float[] sample = begin;
    while (!run.finished()) {
      float[] timesteps = new float[shape[0]];
      Arrays.fill(timesteps, run.timestep());
      Map<String, HostTensor> inputs = new LinkedHashMap<>();
      inputs.put("sample", new HostTensor.Floats(run.scaleInput(sample), shape));
      inputs.put("timestep", new HostTensor.Floats(timesteps, shape[0]));
      if (config.has("num_class_embeds")) {
        inputs.put("class_labels", labels);
      }
      float[] said = unet.run(inputs).get("sample").values();
      float[] answer = answers.read(said, sample, (int) run.timestep());
      if (steering.isPresent()) {
        inputs.put("class_labels", labels);
        answer = steered(plan, run.index(), answer, inputs, shape[0]);
      }
      sample = run.step(answer, sample, generator).sample();
    }
    return sample;
  }

  private float[] steered(
      SamplingPlan plan, int step, float[] answer, Map<String, HostTensor> inputs, int rows) {
    float[] gradient =
        steering
            .get()
            .classifier()
            .run(inputs, java.util.Set.of("gradient"))
            .get("gradient")
            .values();
    int per = answer.length / rows;
    int ofSample = gradient.length / rows;
    float[] steered = answer.clone();
    for (int row = 0; row < rows; row++) {
      float[] one =
          plan.level(step)
              .steered(
                  Arrays.copyOfRange(answer, row * per, (row + 1) * per),
                  Arrays.copyOfRange(gradient, row * ofSample, (row + 1) * ofSample),
                  steering.get().scale());
      System.arraycopy(one, 0, steered, row * per, per);
    }
    return steered;
  }

  /** Makes the rows from {@code start} on. */
  private interface Part {
    float[] of(int start, int rows);
  }

  private HostTensor.Floats gathered(int count, Part part) {
    ExecutorService workers = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      List<Future<float[]>> parts = new ArrayList<>();
      for (int start = 0; start < count; start += BATCH) {
        int from = start;
        int rows = Math.min(BATCH, count - start);
        parts.add(workers.submit(() -> part.of(from, rows)));
      }
      int[] shape = shape(count);
      float[] values = new float[count * shape[1] * shape[2] * shape[3]];
      int at = 0;
      for (Future<float[]> future : parts) {
        float[] found = future.get();
        for (float value : found) {
          values[at++] = value;
        }
      }
      return new HostTensor.Floats(values, shape);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pictures were made", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  @Override
  public void close() {
    unet.close();
  }
}
