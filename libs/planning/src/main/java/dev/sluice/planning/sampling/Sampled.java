package dev.sluice.planning.sampling;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of steps that sample: where the settings stand in the step, which field of a request
 * asks for others, and whose scheduler they are for. Whoever checks, changes or writes down how a
 * route samples goes by this table.
 */
public enum Sampled {
  /** A prior's embedding. */
  PRIOR("prior") {
    @Override
    boolean describes(RouteStep step) {
      return step.getPrior().hasSampling();
    }

    @Override
    public List<SamplingSettings> settings(RouteStep step) {
      return List.of(step.getPrior().getSampling());
    }

    @Override
    public RouteStep with(List<SamplingSettings> settings, RouteStep step) {
      RouteStep.Builder changed = step.toBuilder();
      changed.getPriorBuilder().setSampling(settings.get(0));
      return changed.build();
    }

    @Override
    public List<SamplingSettings> askedFor(GenerationRequest request) {
      return List.of(request.getPrior());
    }

    @Override
    public void ask(GenerationRequest.Builder request, RouteStep step) {
      request.setPrior(step.getPrior().getSampling());
    }

    @Override
    Optional<String> scheduler(RouteStep step, ModelFolder model) {
      if (step.getPrior().getAutoregressive()) {
        return Optional.empty();
      }
      return Optional.of(model.pipeline().priorScheduler());
    }
  },

  /** The picture, or its beginning. */
  DENOISER("denoiser") {
    @Override
    boolean describes(RouteStep step) {
      return step.hasDenoiser() && !step.getDenoiser().getInvert() && !REFINER.describes(step);
    }

    @Override
    public List<SamplingSettings> askedFor(GenerationRequest request) {
      return List.of(request.getDenoiser());
    }

    @Override
    public void ask(GenerationRequest.Builder request, RouteStep step) {
      // A request says how noisy the picture given is beside its own picture.
      request.setDenoiser(step.getDenoiser().getSampling().toBuilder().clearNoiseLevel());
    }

    @Override
    Optional<String> scheduler(RouteStep step, ModelFolder model) {
      return Optional.ofNullable(model.pipeline().denoiser().scheduler());
    }
  },

  /** The noise of a picture that is given, along the timesteps by which one is made of it. */
  INVERSION("denoiser") {
    @Override
    boolean describes(RouteStep step) {
      return step.getDenoiser().getInvert();
    }

    @Override
    public List<SamplingSettings> askedFor(GenerationRequest request) {
      return List.of(request.getDenoiser());
    }

    @Override
    public void ask(GenerationRequest.Builder request, RouteStep step) {
      // It follows from how the picture is made.
    }

    @Override
    Optional<String> scheduler(RouteStep step, ModelFolder model) {
      return Optional.empty();
    }
  },

  /** The end of a picture that another model began. */
  REFINER("refiner") {
    @Override
    boolean describes(RouteStep step) {
      return step.getDenoiser().hasStart();
    }

    @Override
    public List<SamplingSettings> askedFor(GenerationRequest request) {
      return List.of(request.getRefiner());
    }

    @Override
    public void ask(GenerationRequest.Builder request, RouteStep step) {
      request
          .setRefiner(step.getDenoiser().getSampling())
          .setRefinerStart(step.getDenoiser().getStart());
    }

    @Override
    Optional<String> scheduler(RouteStep step, ModelFolder model) {
      return DENOISER.scheduler(step, model);
    }
  },

  /** The networks that enlarge, in order. */
  UPSCALER("upscaler") {
    @Override
    boolean describes(RouteStep step) {
      return step.hasUpscaler();
    }

    @Override
    public List<SamplingSettings> settings(RouteStep step) {
      return step.getUpscaler().getCascadeList();
    }

    @Override
    public RouteStep with(List<SamplingSettings> settings, RouteStep step) {
      RouteStep.Builder changed = step.toBuilder();
      changed.getUpscalerBuilder().clearCascade().addAllCascade(settings);
      return changed.build();
    }

    @Override
    public List<SamplingSettings> askedFor(GenerationRequest request) {
      return request.getUpscalerList();
    }

    @Override
    public void ask(GenerationRequest.Builder request, RouteStep step) {
      request.addAllUpscaler(step.getUpscaler().getCascadeList());
    }

    @Override
    Optional<String> scheduler(RouteStep step, ModelFolder model) {
      return Optional.of("super_res_scheduler");
    }

    @Override
    String field(int place) {
      return super.field(place) + "[" + place + "]";
    }
  };

  private final String stage;

  Sampled(String stage) {
    this.stage = stage;
  }

  /** What a step samples; empty for one that draws no numbers, such as the text encoder's. */
  public static Optional<Sampled> by(RouteStep step) {
    for (Sampled kind : values()) {
      if (kind.describes(step)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Whether a step of a route samples this. */
  public boolean isOn(List<RouteStep> route) {
    return route.stream().anyMatch(this::describes);
  }

  abstract boolean describes(RouteStep step);

  /**
   * The field of a request that is at fault where a step cannot sample so.
   *
   * @param place of the settings among {@link #settings}
   */
  String field(int place) {
    return stage;
  }

  /** How a step of this kind samples; several where it asks several networks, one after another. */
  public List<SamplingSettings> settings(RouteStep step) {
    return List.of(step.getDenoiser().getSampling());
  }

  /** The step with other settings, as many as it has. */
  public RouteStep with(List<SamplingSettings> settings, RouteStep step) {
    RouteStep.Builder changed = step.toBuilder();
    changed.getDenoiserBuilder().setSampling(settings.get(0));
    return changed.build();
  }

  /** What a request says about it: no more than the step has. */
  public abstract List<SamplingSettings> askedFor(GenerationRequest request);

  /** Has a request ask for what a step does. */
  public abstract void ask(GenerationRequest.Builder request, RouteStep step);

  /** The component whose noise schedule is stepped over; empty for none to be checked. */
  abstract Optional<String> scheduler(RouteStep step, ModelFolder model);
}
