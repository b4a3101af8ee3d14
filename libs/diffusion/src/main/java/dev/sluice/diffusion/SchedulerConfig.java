package dev.sluice.diffusion;

import dev.sluice.diffusion.config.Ability;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.schedule.DefaultBetas;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code scheduler_config.json}: which sampler it names, and which others can take its place.
 * Members of other classes are passed over, as diffusers does; a member that no class has may be
 * one of a newer diffusers, and is refused.
 */
public final class SchedulerConfig {

  private static final String CLASS = "_class_name";

  /** Members of diffusers' schedulers that no sampler reads, because they change no step. */
  private static final Set<String> INERT =
      Set.of("noise_sampler_seed", "quantization_config", "tensor_format", "timestep_values");

  private final String className;
  private final Map<String, ?> members;

  private SchedulerConfig(String className, Map<String, ?> members) {
    this.className = className;
    this.members = members;
  }

  /**
   * Reads the members that a JSON parser gave: texts, numbers, booleans, lists and null.
   *
   * @throws IllegalArgumentException if there is no {@code _class_name}
   */
  public static SchedulerConfig of(Map<String, ?> json) {
    if (!(json.get(CLASS) instanceof String name)) {
      throw new IllegalArgumentException(
          "a scheduler config needs " + CLASS + ", for example DDIMScheduler");
    }
    return new SchedulerConfig(name, json);
  }

  /**
   * The same noise schedule, sampled with another class, as diffusers' {@code from_config}; this
   * one need not be known. Betas that the config leaves to its own class are kept too.
   *
   * @throws IllegalArgumentException if that class does not sample networks of this kind
   */
  public SchedulerConfig withClass(String name) {
    ForwardProcess process = process();
    Optional<SamplerKind> other = SamplerKind.named(name);
    if (other.isPresent() && !process.isSampledBy(other.get())) {
      throw new IllegalArgumentException(
          "%s does not sample %s; choose one of %s"
              .formatted(name, process.text(), process.samplers()));
    }
    Map<String, Object> kept = new LinkedHashMap<>(members);
    SamplerKind.named(className).ifPresent(kind -> keepBetas(kind, kept));
    if (process == ForwardProcess.FLOW
        && other.filter(kind -> kind.can(Ability.FLOWING)).isPresent()) {
      kept.put("use_flow_sigmas", true);
      kept.put("prediction_type", PredictionType.FLOW.configName());
      kept.computeIfAbsent("flow_shift", key -> members.get("shift"));
    } else if (process == ForwardProcess.FLOW) {
      kept.computeIfAbsent("shift", key -> members.get("flow_shift"));
    }
    return new SchedulerConfig(name, kept);
  }

  private static void keepBetas(SamplerKind kind, Map<String, Object> kept) {
    if (kind.reads("beta_schedule") && kept.get("trained_betas") == null) {
      DefaultBetas betas = kind.defaultBetas();
      kept.putIfAbsent("beta_schedule", betas.kind().configName());
      kept.putIfAbsent("beta_start", betas.start());
      kept.putIfAbsent("beta_end", betas.end());
    }
  }

  /** The process of the class, or of what an unknown class's members tell. */
  private ForwardProcess process() {
    Optional<SamplerKind> kind = SamplerKind.named(className);
    boolean flows =
        Boolean.TRUE.equals(members.get("use_flow_sigmas"))
            || PredictionType.FLOW.configName().equals(members.get("prediction_type"));
    if (kind.map(known -> known.can(Ability.EDM)).orElse(members.containsKey("sigma_data"))) {
      return ForwardProcess.EDM;
    }
    boolean straight =
        kind.map(known -> known.can(Ability.STRAIGHT)).orElse(className.startsWith("FlowMatch"));
    return straight || flows ? ForwardProcess.FLOW : ForwardProcess.DIFFUSION;
  }

  /**
   * The same with what a request says in place of what the model says.
   *
   * @param sampler diffusers' class; empty for the model's own
   * @param spacing of timesteps; empty for the model's own
   * @param thresholding of predicted clean samples; empty for the model's own
   * @throws IllegalArgumentException if these do not go together
   */
  public SchedulerConfig asked(
      Optional<String> sampler,
      Optional<TimestepSpacing> spacing,
      Optional<Thresholding> thresholding) {
    SchedulerConfig config = sampler.map(this::withClass).orElse(this);
    SchedulerConfig spaced = spacing.map(config::withSpacing).orElse(config);
    return thresholding.map(spaced::withThresholding).orElse(spaced);
  }

  /**
   * The same with timesteps spaced in another way.
   *
   * @throws IllegalArgumentException if this class has a spacing of its own
   */
  public SchedulerConfig withSpacing(TimestepSpacing spacing) {
    return with(
        Map.of("timestep_spacing", spacing.configName()), "timestep_spacing", Ability.SPACED);
  }

  /**
   * The same with predicted clean samples treated in another way.
   *
   * @throws IllegalArgumentException if this class does not know such a treatment
   */
  public SchedulerConfig withThresholding(Thresholding thresholding) {
    boolean dynamic = thresholding instanceof Thresholding.Dynamic;
    boolean fixed = thresholding instanceof Thresholding.Fixed;
    return with(
        thresholding.members(),
        dynamic ? "dynamic_threshold" : "static_threshold",
        fixed ? Ability.CLIPPED : Ability.THRESHOLDED);
  }

  private SchedulerConfig with(Map<String, ?> changes, String what, Ability needed) {
    if (!kind().can(needed)) {
      throw new IllegalArgumentException(
          "%s has no use for %s; choose one of %s, or leave it out"
              .formatted(className, what, choices(needed)));
    }
    Map<String, Object> changed = new LinkedHashMap<>(members);
    changed.putAll(changes);
    return new SchedulerConfig(className, changed);
  }

  /** Those that can do it and sample what this model was trained on. */
  private List<String> choices(Ability needed) {
    return SamplerKind.namesWith(needed).stream().filter(process().samplers()::contains).toList();
  }

  /** The diffusers class, for example {@code DDIMScheduler}. */
  public String className() {
    return className;
  }

  /**
   * The sampler of this config.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  Sampler open() {
    SamplerKind kind = kind();
    return kind.open(new SchedulerMembers(kind, members));
  }

  /**
   * The kind of sampler that the class names.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  private SamplerKind kind() {
    return SamplerKind.named(className)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown sampler " + className + "; expected one of " + Samplers.names()));
  }

  /**
   * Checks that nothing here asks for what is not done.
   *
   * @throws IllegalArgumentException if there is a member that no class is known to have, and that
   *     is not null or false
   */
  void requireKnownMembers() {
    members.forEach(
        (key, value) -> {
          if (!isKnown(key) && value != null && !value.equals(false)) {
            throw SchedulerMembers.wrong(
                className,
                key,
                value,
                "none, or null: no sampler here knows it, and it may change pictures");
          }
        });
  }

  private static boolean isKnown(String key) {
    return key.startsWith("_")
        || INERT.contains(key)
        || Arrays.stream(SamplerKind.values()).anyMatch(kind -> kind.reads(key));
  }

  /**
   * Checks that this is of a diffusion process over discrete timesteps.
   *
   * @throws IllegalArgumentException if its class samples other networks
   */
  void requireDiffusion() {
    if (process() != ForwardProcess.DIFFUSION) {
      throw new IllegalArgumentException(
          "%s has no DDIM, so that its pictures cannot be inverted by it"
              .formatted(process().text()));
    }
  }
}
