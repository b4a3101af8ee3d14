package dev.sluice.local;

import dev.sluice.serving.ServingSettings;
import dev.sluice.stage.StageConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/**
 * The settings of a stage's service as they would be on this machine: what the environment and
 * system properties say, and else the usual.
 */
record LocalSettings(StageConfig stage, ServingSettings serving) {

  /** Above those of the environment and of system properties. */
  private static final int ORDINAL = 500;

  /**
   * @param given keys of settings that are not to be taken from anywhere else
   */
  static LocalSettings with(Map<String, String> given) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultSources()
            .addDefaultInterceptors()
            .addDiscoveredConverters()
            .withSources(new PropertiesConfigSource(given, "a local run", ORDINAL))
            .withMapping(StageConfig.class)
            .withMapping(ServingSettings.class)
            .withValidateUnknown(false)
            .build();
    return new LocalSettings(
        config.getConfigMapping(StageConfig.class), config.getConfigMapping(ServingSettings.class));
  }
}
