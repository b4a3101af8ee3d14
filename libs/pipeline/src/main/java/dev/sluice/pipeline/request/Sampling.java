package dev.sluice.pipeline.request;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.pipeline.draw.Drawing;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How one stage samples one image.
 *
 * @param steps denoising steps, 1 or more; some samplers need at least 2
 * @param guidanceScale of classifier-free guidance; any finite number, 1 for no guidance
 * @param sampler diffusers' scheduler class; empty for the model's own
 * @param eta DDIM's share of fresh noise, 0 to 1; other samplers ignore it
 * @param timesteps the training timesteps to stop at, descending; empty to have {@code steps} of
 *     them spaced by the sampler
 * @param guidance what else guidance does
 * @param spacing how timesteps are spaced; empty for the model's own way
 * @param thresholding of predicted clean samples; empty for the model's own
 * @param cacheInterval the whole network runs at every so many steps, and reuses its deep features
 *     between (Ma et al. 2023, "DeepCache"); 1 for always
 * @param noiseLevel of networks that enlarge: the timestep of the noise that is put on the small
 *     picture; empty for the model's own, which is none in super-resolution
 * @param drawing of models that draw a picture's codes
 */
public record Sampling(
    int steps,
    double guidanceScale,
    Optional<String> sampler,
    double eta,
    List<Integer> timesteps,
    GuidanceOptions guidance,
    Optional<TimestepSpacing> spacing,
    Optional<Thresholding> thresholding,
    int cacheInterval,
    OptionalInt noiseLevel,
    Drawing drawing) {

  public Sampling {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + "; expected 1 or more");
    }
    if (!Double.isFinite(guidanceScale)) {
      throw new IllegalArgumentException(
          "guidance_scale is " + guidanceScale + "; expected a finite number");
    }
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta is " + eta + "; expected 0 to 1");
    }
    if (cacheInterval < 1) {
      throw new IllegalArgumentException(
          "cache_interval is " + cacheInterval + "; expected 1 or more");
    }
    if (noiseLevel.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "noise_level is " + noiseLevel.getAsInt() + "; expected 0 or more");
    }
    timesteps = List.copyOf(timesteps);
  }

  /** The model's own sampler, guided; everything else as the model has it. */
  public static Sampling of(int steps, double guidanceScale) {
    return new Sampling(
        steps,
        guidanceScale,
        Optional.empty(),
        0,
        List.of(),
        GuidanceOptions.PLAIN,
        Optional.empty(),
        Optional.empty(),
        1,
        OptionalInt.empty(),
        Drawing.PLAIN);
  }

  /** The model's own sampler, unguided. */
  public static Sampling ofSteps(int steps) {
    return of(steps, 1);
  }

  /** The same at given timesteps. */
  public Sampling at(List<Integer> stops) {
    return with(
        changed -> {
          changed.steps = stops.size();
          changed.timesteps = stops;
        });
  }

  /** The same by a sampler of that class; by the model's own without. */
  public Sampling by(Optional<String> other) {
    return with(changed -> changed.sampler = other);
  }

  /** The same by a sampler of that class. */
  public Sampling by(String other) {
    return by(Optional.of(other));
  }

  /** The same with another share of fresh noise. */
  public Sampling withEta(double share) {
    return with(changed -> changed.eta = share);
  }

  /** The same, guided in another way. */
  public Sampling guided(GuidanceOptions options) {
    return with(changed -> changed.guidance = options);
  }

  /** The same with timesteps spaced in another way. */
  public Sampling spaced(Optional<TimestepSpacing> other) {
    return with(changed -> changed.spacing = other);
  }

  /** The same with predicted clean samples cut off in another way. */
  public Sampling thresholded(Optional<Thresholding> other) {
    return with(changed -> changed.thresholding = other);
  }

  /** The same with features reused between steps. */
  public Sampling caching(int interval) {
    return with(changed -> changed.cacheInterval = interval);
  }

  /** The same with noise on a picture to be enlarged. */
  public Sampling noising(OptionalInt level) {
    return with(changed -> changed.noiseLevel = level);
  }

  /** The same with codes drawn in another way. */
  public Sampling drawing(Drawing other) {
    return with(changed -> changed.drawing = other);
  }

  private Sampling with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** What is being changed. */
  private static final class Draft {

    private int steps;
    private final double guidanceScale;
    private Optional<String> sampler;
    private double eta;
    private List<Integer> timesteps;
    private GuidanceOptions guidance;
    private Optional<TimestepSpacing> spacing;
    private Optional<Thresholding> thresholding;
    private int cacheInterval;
    private OptionalInt noiseLevel;
    private Drawing drawing;

    Draft(Sampling sampling) {
      steps = sampling.steps;
      guidanceScale = sampling.guidanceScale;
      sampler = sampling.sampler;
      eta = sampling.eta;
      timesteps = sampling.timesteps;
      guidance = sampling.guidance;
      spacing = sampling.spacing;
      thresholding = sampling.thresholding;
      cacheInterval = sampling.cacheInterval;
      noiseLevel = sampling.noiseLevel;
      drawing = sampling.drawing;
    }

    Sampling done() {
      return new Sampling(
          steps,
          guidanceScale,
          sampler,
          eta,
          timesteps,
          guidance,
          spacing,
          thresholding,
          cacheInterval,
          noiseLevel,
          drawing);
    }
  }

  /**
   * Checks that no noise is to be put on a picture.
   *
   * @throws IllegalArgumentException if it is, by a stage that enlarges none
   */
  public void requireNoNoise(String what) {
    if (noiseLevel.orElse(0) > 0) {
      throw new IllegalArgumentException(
          "noise_level is %d, but the %s enlarges no picture; leave it out"
              .formatted(noiseLevel.getAsInt(), what));
    }
  }

  /**
   * Checks that nothing is to be reused between steps.
   *
   * @throws IllegalArgumentException if it is, by a network that cannot
   */
  public void requireUncached(String what) {
    if (cacheInterval > 1) {
      throw new IllegalArgumentException(
          "cache_interval is %d, but the %s cannot reuse features; leave it out"
              .formatted(cacheInterval, what));
    }
  }

  /** The same, with another sampler where the model's own cannot be opened; for warming up. */
  public Sampling openableOver(SchedulerConfig model) {
    List<String> others = Samplers.replacing(model);
    return others.isEmpty() || others.contains(model.className()) ? this : by(others.get(0));
  }

  /**
   * The timesteps and coefficients over a model's noise schedule.
   *
   * @throws IllegalArgumentException if the sampler is not known or cannot sample this model so
   */
  public SamplingPlan plan(SchedulerConfig model) {
    return plan(model, 0);
  }

  /**
   * As above.
   *
   * @param imageTokens that a transformer sees a picture as; 0 for other networks
   */
  public SamplingPlan plan(SchedulerConfig model, int imageTokens) {
    SchedulerConfig config = model.asked(sampler, spacing, thresholding);
    SamplingOptions options =
        timesteps.isEmpty()
            ? SamplingOptions.ofSteps(steps)
            : SamplingOptions.ofTimesteps(timesteps.stream().mapToInt(t -> t).toArray());
    return Samplers.of(config).plan(options.withEta(eta).withImageTokens(imageTokens));
  }

  /**
   * The plan from pictures to the noise that DDIM makes them from; the sampler asked for is not.
   */
  public SamplingPlan inversion(SchedulerConfig model) {
    return Samplers.inversion(
        Samplers.forInversion(model).asked(Optional.empty(), spacing, thresholding),
        SamplingOptions.ofSteps(steps));
  }
}
