package dev.sluice.trainer.system;

import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.util.List;

/**
 * A part of a system that is trained by itself.
 *
 * @param name of its numbers, below {@code phases} of the recipe
 * @param exports the components whose weights are the result
 * @param opener makes the objective
 * @param finisher writes what may only be there with the weights
 */
public record Phase(String name, List<String> exports, Opener opener, Finisher finisher) {

  /** Makes what is trained. */
  @FunctionalInterface
  public interface Opener {
    Objective open(PhaseContext context) throws IOException;
  }

  /** Writes files after the weights. */
  @FunctionalInterface
  public interface Finisher {
    void finish(PhaseContext context) throws IOException;
  }

  /** A phase with nothing to write but weights. */
  public static Phase of(String name, Opener opener, String... exports) {
    return new Phase(name, List.of(exports), opener, context -> {});
  }

  /** The same, writing files after its weights. */
  public Phase then(Finisher finisher) {
    return new Phase(name, exports, opener, finisher);
  }
}
