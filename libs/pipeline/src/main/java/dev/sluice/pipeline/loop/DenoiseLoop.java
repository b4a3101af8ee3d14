package dev.sluice.pipeline.loop;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.NetworkWork;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One image on its way from noise to sample: a sampler's plan, the current sample, and the image's
 * own random numbers. Drive it with {@link StepBatcher#run}.
 */
public final class DenoiseLoop implements ResumableLoop {

  private final SamplingPlan plan;
  private SamplingRun run;
  private final List<Guidance> guidance;
  private final GuidanceInterval interval;
  private final KnownRegion known;
  private final TorchGenerator generator;
  private final StepListener listener;
  private final FeatureCache cache;
  private final int[] shape;
  private float[] sample;
  private float[] prediction;
  private float[] predictedOriginal;

  private DenoiseLoop(
      SamplingPlan plan,
      Start start,
      List<Guidance> guidance,
      GuidanceInterval interval,
      FeatureCache cache,
      TorchGenerator generator,
      StepListener listener) {
    this.cache = cache;
    this.plan = plan;
    this.shape = start.sample().shape();
    this.run = plan.startAt(start.step(), shape);
    this.sample = start.sample().values();
    this.guidance = guidance;
    this.interval = interval;
    this.known = start.known();
    this.generator = generator;
    this.listener = listener;
  }

  /**
   * A loop at its first step, from fresh noise.
   *
   * @param generator drawn from for the initial noise now and for every step that needs noise
   *     later; stays the caller's, who may draw on once the loop is finished
   * @param shape of the sample, {@code [1, channels, height, width]} or {@code [1, features]}
   */
  public static DenoiseLoop start(
      SamplingPlan plan,
      Guidance guidance,
      TorchGenerator generator,
      StepListener listener,
      int... shape) {
    requireOneImage(shape);
    Start start = Start.fromNoise(plan, generator, shape);
    return startAt(plan, start, List.of(guidance), GuidanceInterval.ALL, generator, listener);
  }

  /**
   * A loop over one or several pictures that draw from one generator, as a batch does in diffusers.
   * If {@code listener} knows where an earlier attempt at this loop stopped, it goes on there, and
   * the generator with it.
   *
   * @param guidance of each picture
   * @param interval the steps at which it guides
   */
  public static DenoiseLoop startAt(
      SamplingPlan plan,
      Start start,
      List<Guidance> guidance,
      GuidanceInterval interval,
      TorchGenerator generator,
      StepListener listener) {
    FeatureCache uncached = new FeatureCache(1);
    return startAt(plan, start, guidance, interval, uncached, generator, listener);
  }

  /** As above, reusing features between steps. */
  public static DenoiseLoop startAt(
      SamplingPlan plan,
      Start start,
      List<Guidance> guidance,
      GuidanceInterval interval,
      FeatureCache cache,
      TorchGenerator generator,
      StepListener listener) {
    DenoiseLoop loop = new DenoiseLoop(plan, start, guidance, interval, cache, generator, listener);
    listener.beginning(loop).ifPresent(loop::goOnFrom);
    return loop;
  }

  private void goOnFrom(LoopState state) {
    if (!isOfThis(state)) {
      throw new IllegalArgumentException(
          "the state is of a sample of shape %s; this loop's is %s"
              .formatted(Arrays.toString(state.run().shape()), Arrays.toString(shape)));
    }
    run = plan.resume(state.run());
    sample = state.sample().clone();
    cache.restore(state.features());
    generator.restore(state.generator());
  }

  @Override
  public boolean isOfThis(LoopState state) {
    return Arrays.equals(state.run().shape(), shape)
        && state.sample().length == sample.length
        && state.run().begin() == run.begin()
        && state.run().index() <= steps();
  }

  private static void requireOneImage(int[] shape) {
    if (shape.length < 2 || shape[0] != 1) {
      throw new IllegalArgumentException(
          "a loop carries one image: expected a shape [1, ...], found " + Arrays.toString(shape));
    }
  }

  @Override
  public int step() {
    return run.index();
  }

  @Override
  public int steps() {
    return plan.length();
  }

  /** The current sample; fresh noise before the first step. Do not write to it. */
  public HostTensor.Floats sample() {
    return new HostTensor.Floats(sample, shape);
  }

  @Override
  public HostTensor.Floats predictedOriginal() {
    return predictedOriginal == null ? null : new HostTensor.Floats(predictedOriginal, shape);
  }

  /** What the last step's sampler was given: the network's answers after guidance. */
  public float[] prediction() {
    return prediction;
  }

  @Override
  public LoopState state() {
    return new LoopState(sample.clone(), run.state(), generator.state(), cache.features());
  }

  /** The generator that this loop draws from. */
  public TorchGenerator generator() {
    return generator;
  }

  /** This loop as work that ends before step {@code end}, to go on with another network. */
  public NetworkWork until(int end) {
    return new Part() {
      @Override
      public boolean finished() {
        return step() >= end || DenoiseLoop.this.finished();
      }

      @Override
      public void accept(List<Map<String, HostTensor.Floats>> outputs) {
        DenoiseLoop.this.accept(outputs);
      }
    };
  }

  /** The next step's question to the network as work of its own; {@link #advance} ends the step. */
  public NetworkWork asking() {
    return new Part() {
      private boolean asked;

      @Override
      public boolean finished() {
        return asked || DenoiseLoop.this.finished();
      }

      @Override
      public void accept(List<Map<String, HostTensor.Floats>> outputs) {
        prediction = combined(outputs);
        asked = true;
      }
    };
  }

  /** Part of this loop's work. */
  private abstract class Part implements NetworkWork {

    @Override
    public Claim claim() {
      return DenoiseLoop.this.claim();
    }

    @Override
    public List<Row> rows() {
      return DenoiseLoop.this.rows();
    }

    @Override
    public void beforeStep() {
      DenoiseLoop.this.beforeStep();
    }
  }

  /** What the network was asked about each picture, and what its answers stand for. */
  public List<GuidedSample> sights() {
    NoiseLevel level = plan.level(step());
    HostTensor.Floats input = new HostTensor.Floats(run.scaleInput(sample), shape);
    List<GuidedSample> sights = new ArrayList<>();
    for (int picture = 0; picture < guidance.size(); picture++) {
      HostTensor.Floats own = input.row(picture);
      float[] answer = Arrays.copyOf(answer(picture), own.values().length);
      sights.add(
          new GuidedSample(
              own,
              new HostTensor.Floats(level.original(answer, own.values()), own.shape()),
              run.timestep(),
              level));
    }
    return sights;
  }

  /** Changes the network's answers by a gradient for each picture. */
  public void steer(NoiseLevel level, List<float[]> gradients) {
    for (int picture = 0; picture < gradients.size(); picture++) {
      float[] steered = level.steered(answer(picture), gradients.get(picture), 1);
      System.arraycopy(steered, 0, prediction, picture * steered.length, steered.length);
    }
  }

  private float[] answer(int picture) {
    int length = prediction.length / guidance.size();
    return Arrays.copyOfRange(prediction, picture * length, (picture + 1) * length);
  }

  @Override
  public Claim claim() {
    return listener.claim();
  }

  @Override
  public boolean finished() {
    return run.finished();
  }

  @Override
  public List<Row> rows() {
    HostTensor.Floats input = new HostTensor.Floats(run.scaleInput(sample), shape);
    float timestep = run.timestep();
    List<Row> rows = new ArrayList<>();
    for (int picture = 0; picture < guidance.size(); picture++) {
      HostTensor.Floats own = guidance.size() == 1 ? input : input.row(picture);
      for (Condition condition : guidanceOf(picture).conditions()) {
        rows.add(condition.row(own, timestep));
      }
    }
    return cache.rows(rows, step() - run.begin());
  }

  private Guidance guidanceOf(int picture) {
    return interval.at(step(), guidance.get(picture));
  }

  @Override
  public void beforeStep() {
    listener.beforeStep();
  }

  @Override
  public void accept(List<Map<String, HostTensor.Floats>> outputs) {
    prediction = combined(outputs);
    advance();
  }

  /** Makes the step that the network's answers lead to. */
  public void advance() {
    StepResult result = run.step(prediction, sample, generator);
    sample = known == null ? result.sample() : known.restore(result.sample(), plan, step());
    predictedOriginal = result.predictedOriginal();
    listener.afterStep(step(), steps(), this);
  }

  /** The guided predictions of all pictures, one after the other. */
  private float[] combined(List<Map<String, HostTensor.Floats>> outputs) {
    cache.accept(outputs);
    int pictures = guidance.size();
    float[][] guided = new float[pictures][];
    int row = 0;
    for (int picture = 0; picture < pictures; picture++) {
      Guidance own = guidanceOf(picture);
      List<float[]> predictions = new ArrayList<>();
      for (Condition condition : own.conditions()) {
        predictions.add(outputs.get(row++).get(condition.ports().prediction()).values());
      }
      guided[picture] = own.combine(predictions, sample.length / pictures);
    }
    if (pictures == 1) {
      return guided[0];
    }
    float[] all = new float[pictures * guided[0].length];
    for (int picture = 0; picture < pictures; picture++) {
      System.arraycopy(guided[picture], 0, all, picture * guided[0].length, guided[0].length);
    }
    return all;
  }
}
