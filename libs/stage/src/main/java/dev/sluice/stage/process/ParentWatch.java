package dev.sluice.stage.process;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Ends this process when its standard input ends, so that it never outlives the launcher that
 * started it, however that one ended. Off unless {@code sluice.exit-with-parent} is set.
 */
@ApplicationScoped
public class ParentWatch {

  @ConfigProperty(name = "sluice.exit-with-parent", defaultValue = "false")
  boolean exitWithParent;

  void watch(@Observes StartupEvent event) {
    if (exitWithParent) {
      Thread thread = new Thread(ParentWatch::awaitEndOfInput, "parent-watch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Whatever is written to us means nothing; only the end does.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
    Quarkus.asyncExit();
  }
}
