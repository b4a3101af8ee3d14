package dev.sluice.planning.fork;

import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.Task;
import java.util.Optional;

/** Where what is left of earlier pictures lies, for later requests to go on with. */
@FunctionalInterface
public interface KeptTasks {

  /**
   * What is kept of a picture.
   *
   * @param tenant within which the origin's label means something: another's cannot be named
   * @param from a request's label, one of its pictures and the stage after which it was kept
   */
  Optional<Task> find(String tenant, Origin from);
}
