package dev.sluice.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The gateway's own configuration, beside that of every service. */
@ConfigMapping(prefix = "sluice.gateway")
public interface GatewaySettings {

  /** The model of requests that name none. */
  @WithDefault("shapes-unclip")
  String defaultModel();

  /** The file in which this gateway, and no other, remembers the digests of models' files. */
  @WithDefault(".sluice/model-digests")
  Path digests();

  /** Records of {@code sluice.requests} that are planned at once. */
  @WithDefault("2")
  int slots();

  /**
   * Origins, such as {@code https://example.org}, whose pages may ask besides those of this server.
   */
  Optional<Set<String>> allowedOrigins();
}
