package dev.sluice.pipeline.loop;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Ask;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One image on its way from noise to sample: a sampler's plan, the current sample, and the image's
 * own random numbers. Drive it with {@link StepBatcher#run}.
 */
public final class DenoiseLoop implements ResumableLoop {

  private final SamplingPlan plan;
  private SamplingRun run;
  private final StepProgram program;
  private final KnownRegion known;
  private final TorchGenerator generator;
  private final StepListener listener;
  private final int[] shape;
  private float[] sample;
  private float[] prediction;
  private float[] predictedOriginal;

  /** What the denoiser was asked and answered, while its answer is corrected; empty before. */
  private List<GuidedSample> answered = List.of();

  private List<float[]> gradients = List.of();
  private int corrections;

  private DenoiseLoop(
      SamplingPlan plan,
      Start start,
      StepProgram program,
      TorchGenerator generator,
      StepListener listener) {
    this.program = program;
    this.plan = plan;
    this.shape = start.sample().shape();
    this.run = plan.startAt(start.step(), shape);
    this.sample = start.sample().values();
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
    return startAt(plan, start, StepProgram.of(guidance, interval), generator, listener);
  }

  /** The same where a step may ask more than one question. */
  public static DenoiseLoop startAt(
      SamplingPlan plan,
      Start start,
      StepProgram program,
      TorchGenerator generator,
      StepListener listener) {
    DenoiseLoop loop = new DenoiseLoop(plan, start, program, generator, listener);
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
    program.cache().restore(state.features());
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
    return new LoopState(
        sample.clone(), run.state(), generator.state(), program.cache().features());
  }

  /** The generator that this loop draws from. */
  public TorchGenerator generator() {
    return generator;
  }

  /** What the network was asked about each picture, and what its answers stand for. */
  private List<GuidedSample> guidedSamples() {
    NoiseLevel level = plan.level(step());
    HostTensor.Floats input = new HostTensor.Floats(run.scaleInput(sample), shape);
    List<GuidedSample> samples = new ArrayList<>();
    for (int picture = 0; picture < pictures(); picture++) {
      HostTensor.Floats own = input.row(picture);
      float[] answer = Arrays.copyOf(answer(picture), own.values().length);
      samples.add(
          new GuidedSample(
              own,
              new HostTensor.Floats(level.original(answer, own.values()), own.shape()),
              run.timestep(),
              level));
    }
    return samples;
  }

  private int pictures() {
    return program.guidance().size();
  }

  private float[] answer(int picture) {
    int length = prediction.length / pictures();
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
  public Optional<Ask> next() {
    if (finished() || step() >= program.end()) {
      return Optional.empty();
    }
    return Optional.of(
        answered.isEmpty()
            ? program.ask(step(), rows())
            : program.corrections().get(corrections).ask(answered));
  }

  /** What the next step asks the denoiser. */
  public List<Row> rows() {
    HostTensor.Floats input = new HostTensor.Floats(run.scaleInput(sample), shape);
    float timestep = run.timestep();
    List<Row> rows = new ArrayList<>();
    for (int picture = 0; picture < pictures(); picture++) {
      HostTensor.Floats own = pictures() == 1 ? input : input.row(picture);
      for (Condition condition : guidanceOf(picture).conditions()) {
        rows.add(condition.row(own, timestep));
      }
    }
    return program.cache().rows(rows, step() - run.begin());
  }

  private Guidance guidanceOf(int picture) {
    return program.interval().at(step(), program.guidance().get(picture));
  }

  /** Whether the work is still wanted is asked once a step. */
  @Override
  public void beforeCall() {
    if (answered.isEmpty()) {
      listener.beforeStep();
    }
  }

  @Override
  public void accept(List<Map<String, HostTensor.Floats>> outputs) {
    if (answered.isEmpty()) {
      prediction = combined(outputs);
      if (program.corrects(step())) {
        answered = guidedSamples();
        return;
      }
    } else {
      collect(program.corrections().get(corrections++).gradients(answered, outputs));
      if (corrections < program.corrections().size()) {
        return;
      }
      correct();
    }
    advance();
  }

  /** The sum over all corrections: what they say is true at once. */
  private void collect(List<float[]> more) {
    if (gradients.isEmpty()) {
      gradients = more;
      return;
    }
    for (int picture = 0; picture < more.size(); picture++) {
      float[] sum = gradients.get(picture);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more.get(picture)[i];
      }
    }
  }

  /** Changes the network's answers by the gradient for each picture. */
  private void correct() {
    NoiseLevel level = plan.level(step());
    for (int picture = 0; picture < gradients.size(); picture++) {
      float[] steered = level.steered(answer(picture), gradients.get(picture), 1);
      System.arraycopy(steered, 0, prediction, picture * steered.length, steered.length);
    }
    answered = List.of();
    gradients = List.of();
    corrections = 0;
  }

  /** Makes the step that the network's answers lead to. */
  private void advance() {
    StepResult result = run.step(prediction, sample, generator);
    sample = known == null ? result.sample() : known.restore(result.sample(), plan, step());
    predictedOriginal = result.predictedOriginal();
    listener.afterStep(step(), steps(), this);
  }

  /** The guided predictions of all pictures, one after the other. */
  private float[] combined(List<Map<String, HostTensor.Floats>> outputs) {
    program.cache().accept(outputs);
    int pictures = pictures();
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
