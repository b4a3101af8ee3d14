package dev.sluice.scaler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The scaler's own configuration, beside that of every service. */
@ConfigMapping(prefix = "sluice.scaler")
public interface ScalerSettings {

  /** What a task takes of whose model no replica has done one yet. */
  @WithDefault("10s")
  Duration assumedTaskTime();
}
