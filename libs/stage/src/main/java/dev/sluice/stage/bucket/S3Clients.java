package dev.sluice.stage.bucket;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of a server of S3, which share their connections. */
public final class S3Clients {

  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final S3Settings settings;
  private final SdkHttpClient http =
      UrlConnectionHttpClient.builder()
          .connectionTimeout(CONNECTING)
          .socketTimeout(SILENCE)
          .build();

  /**
   * @param settings where it is, and what it is like
   */
  public S3Clients(S3Settings settings) {
    this.settings = settings;
  }

  /** One that tries again what failed for a moment. */
  public S3Client patient() {
    return client(AwsRetryStrategy.standardRetryStrategy());
  }

  /** One that tries once. */
  public S3Client once() {
    return client(AwsRetryStrategy.doNotRetry());
  }

  private S3Client client(RetryStrategy retries) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClient(http)
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            // Servers of others do not know all of Amazon's checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(override -> override.retryStrategy(retries));
    settings.endpoint().map(S3Clients::checked).ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private static URI checked(URI endpoint) {
    if (endpoint.getScheme() == null
        || !endpoint.getScheme().matches("https?")
        || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "SLUICE_S3_ENDPOINT is %s; give an address such as http://minio:9000"
              .formatted(endpoint));
    }
    return endpoint;
  }
}
