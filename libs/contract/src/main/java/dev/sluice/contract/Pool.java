package dev.sluice.contract;

import dev.sluice.contract.v1.Stage;
import java.util.Set;

/**
 * The workers of a stage that serve the same models, with a topic of tasks and a share group of
 * their own.
 *
 * @param name of the pool among those of its stage; empty for the one of a stage that has only one
 * @param models that it serves, by name; empty for all that no other pool of the stage serves
 */
public record Pool(Stage stage, String name, Set<String> models) {

  public Pool {
    models = Set.copyOf(models);
  }

  /** The one pool of a stage, which serves all models. */
  public static Pool whole(Stage stage) {
    return new Pool(stage, "", Set.of());
  }

  /** The topic of its tasks: {@code sluice.denoiser}, or {@code sluice.denoiser.large}. */
  public String topic() {
    return Topics.tasks(stage) + (name.isEmpty() ? "" : "." + name);
  }

  /** The share group of its workers: {@code sluice-denoiser}, or {@code sluice-denoiser-large}. */
  public String group() {
    return "sluice-" + label();
  }

  /** For people and metrics: {@code denoiser}, or {@code denoiser-large}. */
  public String label() {
    return Topics.name(stage) + (name.isEmpty() ? "" : "-" + name);
  }
}
