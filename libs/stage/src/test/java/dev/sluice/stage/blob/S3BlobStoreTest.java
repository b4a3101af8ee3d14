package dev.sluice.stage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stage.bucket.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** What is a bucket's own, with a server of S3. */
class S3BlobStoreTest extends BlobStoreContract {

  private static final String BUCKET = "pictures";

  private static ConditionalS3 server;

  private final String folder = "blobs-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    // Who asks, as any of Amazon's clients is told it.
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    server = new ConditionalS3();
    try (S3Client client = client()) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private static S3Client client() {
    return S3Client.builder()
        .httpClient(UrlConnectionHttpClient.create())
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .endpointOverride(server.unconditional())
        .build();
  }

  private record Reached(URI address) implements S3Settings {

    @Override
    public Optional<URI> endpoint() {
      return Optional.of(address);
    }

    @Override
    public String region() {
      return "us-east-1";
    }

    @Override
    public boolean pathStyle() {
      return true;
    }
  }

  private static BlobStore open(String location) {
    return BlobStores.open(location, new Reached(server.address()));
  }

  @Override
  BlobStore another() {
    return open("s3://" + BUCKET + "/" + folder);
  }

  @Test
  void key_isBelowThePrefix() throws Exception {
    another().put("a/b", bytes("x"));

    try (S3Client client = client()) {
      assertThat(
              client
                  .getObjectAsBytes(request -> request.bucket(BUCKET).key(folder + "/a/b"))
                  .asUtf8String())
          .isEqualTo("x");
    }
    assertThatThrownBy(() -> open("s3://" + BUCKET + "/other").get("a/b"))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(open("s3://" + BUCKET).get(folder + "/a/b")).asString().isEqualTo("x");
    assertThat(open("s3://" + BUCKET + "/" + folder + "/").get("a/b")).asString().isEqualTo("x");
  }

  @Test
  void swap_isWrittenOnCondition() throws Exception {
    BlobStore blobs = another();
    assertThat(blobs.swap("label", Optional.empty(), bytes("first"))).isTrue();
    int before = server.refusals();
    assertThat(before).as("the trial, by which the store knows").isPositive();

    assertThat(blobs.swap("label", Optional.of("first".getBytes()), bytes("second"))).isTrue();
    assertThat(server.refusals()).as("it is tried once").isEqualTo(before);
  }

  @Test
  void swap_isRefusedWhereConditionsArePassedOver() {
    BlobStore careless =
        BlobStores.open("s3://" + BUCKET + "/" + folder, new Reached(server.unconditional()));

    assertThatThrownBy(() -> careless.swap("label", Optional.empty(), bytes("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(BUCKET, "If-None-Match", "conditional writes");
    assertThatThrownBy(() -> careless.get("label")).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void anAddressThatIsNone_isTold() {
    for (String address : new String[] {"minio", "minio:9000", "ftp://minio", "/minio"}) {
      assertThatThrownBy(() -> BlobStores.open("s3://" + BUCKET, new Reached(URI.create(address))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(address, "http://minio:9000");
    }
  }

  @Test
  void whatIsWrongIsTold() {
    assertThatThrownBy(() -> open("s3://no-such-bucket/x").put("key", bytes("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-bucket")
        .hasMessageNotContaining("key/x");
    BlobStore away =
        BlobStores.open("s3://" + BUCKET, new Reached(URI.create("http://127.0.0.1:1")));
    assertThatThrownBy(() -> away.get("key"))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(BUCKET);
  }
}
