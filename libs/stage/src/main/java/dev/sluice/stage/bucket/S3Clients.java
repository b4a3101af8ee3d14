package dev.sluice.stage.bucket;

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
    settings.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }
}
