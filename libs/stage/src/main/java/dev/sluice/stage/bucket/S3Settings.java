package dev.sluice.stage.bucket;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;

/**
 * How S3 is reached, where blobs or models lie in a bucket. Who asks is found as by any of Amazon's
 * clients: {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, a profile, or the identity
 * that a pod or machine has.
 */
@ConfigMapping(prefix = "sluice.s3")
public interface S3Settings {

  /** Amazon's first. */
  String USUAL_REGION = "us-east-1";

  /** Another server than Amazon's, such as {@code http://minio:9000}. */
  Optional<URI> endpoint();

  /** Where the bucket is; for servers that know no regions any. */
  @WithDefault(USUAL_REGION)
  String region();

  /** Whether buckets are named in the path of addresses in place of the host. */
  @WithDefault("false")
  boolean pathStyle();
}
