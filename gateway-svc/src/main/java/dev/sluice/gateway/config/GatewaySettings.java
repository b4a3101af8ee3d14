package dev.sluice.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  /**
   * Names of models elsewhere, which clients over HTTP are built with: {@code NAME} for the model
   * of requests that name none, or {@code NAME=MODEL}. A model of that name goes before.
   */
  @WithDefault(
      "dall-e-2,dall-e-3,gpt-image-1,gpt-image-1-mini,gpt-image-1.5,gpt-image-2,chatgpt-image-latest")
  List<String> modelAliases();

  /** How long the address of a picture is good for; less than blobs are kept. */
  @WithDefault("1h")
  Duration linkLifetime();

  /** Where others reach this server, such as {@code https://pictures.example.org}. */
  Optional<String> publicUrl();

  /** How long an answer waits for its pictures, before it begins without them. */
  @WithDefault("15s")
  Duration firstByte();
}
