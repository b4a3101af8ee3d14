package dev.sluice.diffusion.config;

import dev.sluice.diffusion.schedule.DefaultBetas;
import java.util.List;

/** What is known of a kind of sampler beside its code. */
public interface SamplerTraits {

  /** The diffusers class, for example {@code DDIMScheduler}. */
  String className();

  boolean can(Ability ability);

  /** Whether a key of the config changes what this sampler does. */
  boolean reads(String key);

  /** The noise schedule of a config that names none. */
  DefaultBetas defaultBetas();

  /** The diffusers classes of all samplers with an ability, for messages. */
  List<String> othersThatCan(Ability ability);
}
