package dev.sluice.stage.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.robothy.s3.rest.LocalS3;
import com.robothy.s3.rest.bootstrap.LocalS3Mode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class FetchModelsTest {

  private static LocalS3 server;
  private static S3Client client;

  @TempDir private Path models;

  private final String folder = "published-" + UUID.randomUUID();
  private final List<String> told = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    server = LocalS3.builder().port(port).mode(LocalS3Mode.IN_MEMORY).build();
    server.start();
    client =
        S3Client.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .build();
    client.createBucket(request -> request.bucket("models-here"));
  }

  @AfterAll
  static void stop() {
    client.close();
    server.shutdown();
  }

  @BeforeEach
  void upload() {
    put("good/model_index.json", "{}");
    put("good/unet/weights.safetensors", "numbers");
    put(
        "good/SHA256SUMS",
        line("{}", "./model_index.json") + line("numbers", "unet/weights.safetensors"));
    put("torn/model_index.json", "{");
    put("torn/SHA256SUMS", line("{}", "model_index.json"));
    put("bare/model_index.json", "{}");
  }

  private void put(String key, String text) {
    client.putObject(
        request -> request.bucket("models-here").key(folder + "/" + key),
        RequestBody.fromString(text));
  }

  private static String line(String text, String path) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum) + "  " + path + "\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fetch(String... names) {
    FetchModels.fetch(
        client, "s3://models-here/" + folder, List.of(names), models.toString(), told::add);
  }

  @Test
  void aModelIsBroughtOnce_andMendedWhereItIsDamaged() throws IOException {
    fetch("good");
    assertThat(models.resolve("good/model_index.json")).hasContent("{}");
    assertThat(models.resolve("good/unet/weights.safetensors")).hasContent("numbers");

    fetch("good");
    Files.writeString(models.resolve("good/unet/weights.safetensors"), "numbxrs");
    fetch("good");

    assertThat(models.resolve("good/unet/weights.safetensors")).hasContent("numbers");
    assertThat(told)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("good: 2 of 2 files"),
            second -> assertThat(second).startsWith("good: 0 of 2 files"),
            third -> assertThat(third).startsWith("good: 1 of 2 files"));
  }

  @Test
  void whatIsNotAsItsSumSays_isNotLeftThere() {
    assertThatThrownBy(() -> fetch("torn"))
        .isInstanceOf(FetchException.class)
        .hasMessageContainingAll("torn/model_index.json", "expected", "Upload it again");
    assertThat(models.resolve("torn")).isEmptyDirectory();
  }

  @Test
  void allThatAreThere_ifNoneIsNamed() {
    assertThatThrownBy(this::fetch)
        .hasMessageContainingAll(folder + "/bare/SHA256SUMS", "models-here");
    put("bare/SHA256SUMS", line("{}", "model_index.json"));
    put("torn/model_index.json", "{}");

    fetch();
    assertThat(told).hasSize(3);
  }

  /** A server that breaks off in the middle, as busy ones do. */
  @Test
  void whatIsBrokenOff_isAskedForAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer busy = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    busy.createContext(
        "/",
        exchange -> {
          boolean sums = exchange.getRequestURI().getPath().endsWith(FileSums.FILE);
          byte[] body = (sums ? line("numbers", "weights") : "numbers").getBytes();
          exchange.sendResponseHeaders(200, body.length);
          boolean whole = sums || asked.incrementAndGet() > 2;
          exchange.getResponseBody().write(body, 0, whole ? body.length : 3);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    busy.start();
    try (S3Client there =
        S3Client.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .endpointOverride(URI.create("http://127.0.0.1:" + busy.getAddress().getPort()))
            .build()) {
      FetchModels.fetch(there, "s3://bucket", List.of("m"), models.toString(), told::add);
    } finally {
      busy.stop(0);
    }
    assertThat(asked).hasValue(3);
    assertThat(models.resolve("m")).isDirectoryNotContaining(file -> !file.endsWith("weights"));
  }

  @Test
  void whatIsNotThere_isNamed() {
    assertThatThrownBy(() -> fetch("nobody"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(folder + "/nobody/SHA256SUMS");
    put("half/SHA256SUMS", line("{}", "model_index.json"));
    assertThatThrownBy(() -> fetch("half"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(folder + "/half/model_index.json");
    assertThatThrownBy(
            () ->
                FetchModels.fetch(
                    client, "s3://no-such-bucket", List.of(), models.toString(), told::add))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("no-such-bucket");
    assertThatThrownBy(
            () -> FetchModels.fetch(client, "models", List.of(), models.toString(), told::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s3://bucket/folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "/etc/passwd",
        "unet/../../x",
        "unet//weights",
        "",
      })
  void pathsThatLeadOut_areRefused(String path) {
    put("evil/SHA256SUMS", line("{}", path));

    assertThatThrownBy(() -> fetch("evil"))
        .isInstanceOf(FetchException.class)
        .hasMessageContainingAll("evil/SHA256SUMS", "sha256sum");
    assertThatThrownBy(() -> fetch("../evil")).hasMessageContaining("no model's name");
  }
}
