package dev.sluice.diffusion;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The members of a {@code scheduler_config.json}, typed. Old checkpoints leave many out; the value
 * that diffusers takes instead differs from class to class, so each sampler states its defaults
 * where it reads them. Members of other classes are passed over, as diffusers does; a member that
 * no class has may be one of a newer diffusers, and is refused.
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
      SamplerKind.DefaultBetas betas = kind.defaultBetas();
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
              .formatted(className, what, SamplerKind.namesWith(needed)));
    }
    Map<String, Object> changed = new LinkedHashMap<>(members);
    changed.putAll(changes);
    return new SchedulerConfig(className, changed);
  }

  /** The diffusers class, for example {@code DDIMScheduler}. */
  public String className() {
    return className;
  }

  /**
   * The sampler that the class names.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  SamplerKind kind() {
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
            throw wrong(
                key, value, "none, or null: no sampler here knows it, and it may change pictures");
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

  /** The value of a member; null if it is missing, null, or another class's. */
  private Object member(String key) {
    boolean foreign = SamplerKind.named(className).filter(kind -> !kind.reads(key)).isPresent();
    return foreign ? null : members.get(key);
  }

  boolean flag(String key, boolean orElse) {
    Object value = member(key);
    if (value == null) {
      return orElse;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, value, "true or false");
  }

  int integer(String key, int orElse) {
    Object value = member(key);
    if (value == null) {
      return orElse;
    }
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw wrong(key, value, "a whole number");
  }

  /** A list of whole numbers; empty if there is none. */
  List<Integer> integers(String key) {
    Object value = member(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || !list.stream().allMatch(Integer.class::isInstance)) {
      throw wrong(key, value, "a list of whole numbers");
    }
    return list.stream().map(Integer.class::cast).toList();
  }

  /**
   * Checks that a member that would need another program is not there.
   *
   * @throws IllegalArgumentException if it is
   */
  void refuse(String key) {
    if (member(key) != null) {
      throw wrong(key, member(key), "null: it is not supported");
    }
  }

  double real(String key, double orElse) {
    Object value = member(key);
    if (value == null) {
      return orElse;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof String text && (text.equals("-inf") || text.equals("-Infinity"))) {
      return Double.NEGATIVE_INFINITY;
    }
    throw wrong(key, value, "a number");
  }

  String choice(String key, String orElse, List<String> choices) {
    Object value = member(key);
    String chosen = value == null ? orElse : value.toString();
    if (!choices.contains(chosen)) {
      throw wrong(key, value, "one of " + choices);
    }
    return chosen;
  }

  PredictionType prediction(PredictionType... supported) {
    String name = String.valueOf(member("prediction_type"));
    if (name.equals("null")) {
      return PredictionType.EPSILON;
    }
    for (PredictionType type : supported) {
      if (type.configName().equals(name)) {
        return type;
      }
    }
    throw wrong(
        "prediction_type",
        name,
        "one of " + Arrays.stream(supported).map(PredictionType::configName).toList());
  }

  VarianceType variance(VarianceType orElse, VarianceType... supported) {
    Object name = member("variance_type");
    if (name == null) {
      return orElse;
    }
    for (VarianceType type : supported) {
      if (type.configName().equals(name)) {
        return type;
      }
    }
    throw wrong(
        "variance_type",
        name,
        "one of " + Arrays.stream(supported).map(VarianceType::configName).toList());
  }

  TimestepSpacing spacing(TimestepSpacing orElse) {
    return TimestepSpacing.named(
        choice("timestep_spacing", orElse.configName(), TimestepSpacing.names()));
  }

  /** The noise schedule, with the class's own defaults. */
  NoiseSchedule schedule() {
    NoiseSchedule schedule;
    if (member("trained_betas") instanceof List<?> betas) {
      schedule = NoiseSchedule.ofBetas(floats("trained_betas", betas));
    } else {
      SamplerKind.DefaultBetas orElse = kind().defaultBetas();
      List<String> names =
          Arrays.stream(BetaSchedule.values()).map(BetaSchedule::configName).toList();
      String name = choice("beta_schedule", orElse.kind().configName(), names);
      schedule =
          NoiseSchedule.of(
              BetaSchedule.values()[names.indexOf(name)],
              integer("num_train_timesteps", 1000),
              real("beta_start", orElse.start()),
              real("beta_end", orElse.end()));
    }
    return flag("rescale_betas_zero_snr", false) ? schedule.withZeroTerminalSnr() : schedule;
  }

  /** As {@link #schedule()}, for samplers that divide by alpha-bar at every timestep. */
  NoiseSchedule scheduleOfSigmas() {
    return flag("rescale_betas_zero_snr", false) ? schedule().withFiniteSigmas() : schedule();
  }

  private float[] floats(String key, List<?> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!(values.get(i) instanceof Number number)) {
        throw wrong(key, values.get(i), "a list of numbers");
      }
      floats[i] = number.floatValue();
    }
    return floats;
  }

  IllegalArgumentException wrong(String key, Object found, String expected) {
    return new IllegalArgumentException(
        "%s: %s is %s; expected %s".formatted(className, key, found, expected));
  }
}
