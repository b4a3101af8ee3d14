package dev.sluice.quarkus.deployment;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Whether a Sluice is started in development and in tests, and which. */
@ConfigMapping(prefix = "quarkus.sluice.devservices")
@ConfigRoot(phase = ConfigPhase.BUILD_TIME)
public interface SluiceDevServiceConfig {

  /** Whether it is started. */
  @WithDefault("true")
  boolean enabled();

  /**
   * The checkout of Sluice that is started; what is not built in it is built first. If left out,
   * the folder that the environment variable {@code SLUICE_HOME} names.
   */
  Optional<String> home();

  /** The folder of models to serve; those that ship if left out. */
  Optional<String> models();
}
