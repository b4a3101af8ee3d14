package dev.sluice.stage.models;

import dev.sluice.stage.bucket.BucketFolder;
import dev.sluice.stage.bucket.S3Clients;
import dev.sluice.stage.bucket.S3Settings;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Brings models from a bucket before a service starts, as an init container does: {@code
 * SLUICE_MODELS_FROM} names the folder of the bucket, {@code SLUICE_MODELS} the one to fill, {@code
 * SLUICE_MODELS_NAMES} the models (all that are there if it is left out). Ends with status 1 and a
 * line that begins with {@code FATAL} if one cannot be had whole.
 */
public final class FetchModels {

  private static final String FROM = "sluice.models.from";
  private static final String TO = "sluice.models";
  private static final String NAMES = "sluice.models.names";

  private FetchModels() {}

  public static void main(String[] args) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder().addDefaultSources().addDefaultInterceptors().build();
    try (S3Client client = new S3Clients(new Server(config)).patient()) {
      List<String> names =
          config
              .getOptionalValue(NAMES, String.class)
              .map(list -> Arrays.stream(list.split(",")).map(String::strip).toList())
              .orElse(List.of());
      fetch(client, required(config, FROM), names, required(config, TO), System.out::println);
    } catch (FetchException | IllegalArgumentException e) {
      System.err.println("FATAL: " + e.getMessage());
      System.exit(1);
    }
  }

  /** As Quarkus reads it for services: nothing makes the class for it here. */
  private record Server(SmallRyeConfig config) implements S3Settings {

    @Override
    public Optional<URI> endpoint() {
      return config.getOptionalValue("sluice.s3.endpoint", URI.class);
    }

    @Override
    public String region() {
      return config.getOptionalValue("sluice.s3.region", String.class).orElse(USUAL_REGION);
    }

    @Override
    public boolean pathStyle() {
      return config.getOptionalValue("sluice.s3.path-style", Boolean.class).orElse(false);
    }
  }

  private static String required(SmallRyeConfig config, String key) {
    return config
        .getOptionalValue(key, String.class)
        .orElseThrow(
            () ->
                new FetchException(
                    "%s is not set; give SLUICE_MODELS_FROM as s3://bucket/models, and the folder"
                            .formatted(key)
                        + " to fill as SLUICE_MODELS"));
  }

  /**
   * Brings models.
   *
   * @param names of models; empty for all
   */
  static void fetch(
      S3Client client, String from, List<String> names, String to, Consumer<String> told) {
    ModelBucket bucket = new ModelBucket(client, BucketFolder.of(from));
    List<String> wanted = names.isEmpty() ? bucket.names() : names;
    if (wanted.isEmpty()) {
      throw new FetchException("there are no models in %s".formatted(from));
    }
    wanted.forEach(model -> bucket.fetch(model, Path.of(to), told));
  }
}
