package dev.sluice.diffusion.config;

import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.prediction.VarianceType;
import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.DefaultBetas;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The members of a {@code scheduler_config.json}, typed. Old checkpoints leave many out; the value
 * that diffusers takes instead differs from class to class, so each sampler states its defaults
 * where it reads them.
 */
public final class SchedulerMembers {

  private final SamplerTraits sampler;
  private final Map<String, ?> members;

  /**
   * @param sampler whose members are read; those of others are passed over
   */
  public SchedulerMembers(SamplerTraits sampler, Map<String, ?> members) {
    this.sampler = sampler;
    this.members = members;
  }

  /** The sampler that these belong to. */
  public SamplerTraits sampler() {
    return sampler;
  }

  /** The diffusers class, for example {@code DDIMScheduler}. */
  public String className() {
    return sampler.className();
  }

  /** The value of a member; null if it is missing, null, or another class's. */
  private Object member(String key) {
    return sampler.reads(key) ? members.get(key) : null;
  }

  public boolean flag(String key, boolean orElse) {
    Object value = member(key);
    if (value == null) {
      return orElse;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, value, "true or false");
  }

  public int integer(String key, int orElse) {
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
  public List<Integer> integers(String key) {
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
  public void refuse(String key) {
    if (member(key) != null) {
      throw wrong(key, member(key), "null: it is not supported");
    }
  }

  public double real(String key, double orElse) {
    Object value = member(key);
    if (value == null) {
      return orElse;
    }
    boolean isLeast = value instanceof String text && text.matches("-inf|-Infinity");
    double number =
        value instanceof Number given
            ? given.doubleValue()
            : isLeast ? Double.NEGATIVE_INFINITY : Double.NaN;
    // What is unbounded by itself may say so; nothing else can be infinite.
    if (Double.isFinite(number) || number == orElse) {
      return number;
    }
    throw wrong(key, value, "a number");
  }

  public String choice(String key, String orElse, List<String> choices) {
    Object value = member(key);
    String chosen = value == null ? orElse : value.toString();
    if (!choices.contains(chosen)) {
      throw wrong(key, value, "one of " + choices);
    }
    return chosen;
  }

  public PredictionType prediction(PredictionType... supported) {
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

  public VarianceType variance(VarianceType orElse, VarianceType... supported) {
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

  public TimestepSpacing spacing(TimestepSpacing orElse) {
    return TimestepSpacing.named(
        choice("timestep_spacing", orElse.configName(), TimestepSpacing.names()));
  }

  /** The noise schedule, with the class's own defaults. */
  public NoiseSchedule schedule() {
    NoiseSchedule schedule;
    if (member("trained_betas") instanceof List<?> betas) {
      schedule = NoiseSchedule.ofBetas(floats("trained_betas", betas));
    } else {
      DefaultBetas orElse = sampler.defaultBetas();
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
  public NoiseSchedule scheduleOfSigmas() {
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

  public IllegalArgumentException wrong(String key, Object found, String expected) {
    return wrong(className(), key, found, expected);
  }

  public static IllegalArgumentException wrong(
      String className, String key, Object found, String expected) {
    return new IllegalArgumentException(
        "%s: %s is %s; expected %s".formatted(className, key, found, expected));
  }
}
