package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.SamplingSettings;
import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One request through every door, and what HTTP says of its own. */
class DoorsIT extends SystemTest {

  @Test
  void theSameRequestGivesTheSameBytesThroughEveryDoor() throws Exception {
    GenerationRequest overKafka = request("door-kafka", 11).setModel(LATENT).build();
    GenerationRequest asJson = request("door-json", 11).setModel(LATENT).build();
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS)) {
      // One after the other: in company a picture may differ by a rounding.
      write(Topics.REQUESTS, "k", overKafka.toByteArray(), null);
      List<GenerationResult> answers = new ArrayList<>(resultsOf(results, "door-kafka", 1));
      write(
          Topics.REQUESTS,
          null,
          JsonFormat.printer().print(asJson).getBytes(StandardCharsets.UTF_8),
          RecordHeaders.JSON);
      // What was asked in JSON is answered in JSON.
      ConsumerRecord<byte[], byte[]> json =
          results
              .await(1, PATIENCE, record -> result(record).getRequestId().equals("door-json"))
              .get(0);
      assertThat(new String(json.value(), StandardCharsets.UTF_8)).startsWith("{");
      answers.add(result(json));
      ByteString png = overGrpc(request("door-grpc", 11).setModel(LATENT).build()).get(0).getPng();

      assertThat(png.size()).isGreaterThan(100);
      assertThat(answers)
          .hasSize(2)
          .allSatisfy(
              answer -> {
                assertThat(answer.getImage().getPng()).isEqualTo(png);
                assertThat(answer.getImage().getTimingsList()).hasSize(3);
              });
    }
  }

  @Test
  void httpAnswersWithThePictureThatGrpcGives() throws Exception {
    GenerationRequest twin =
        request("http-twin", 5)
            .clearPrior()
            .setDenoiser(SamplingSettings.newBuilder().setSteps(3))
            .build();
    HttpResponse<String> answer =
        overHttp(
            """
            {"model": "%s", "prompt": "%s", "seed": 5, "steps": 3, "n": 1, "size": "32x32"}
            """
                .formatted(MODEL, twin.getPrompt()));

    assertThat(pictureIn(answer)).isEqualTo(overGrpc(twin).get(0).getPng());
  }

  private static ByteString pictureIn(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String base64 = answer.body().replaceAll("(?s).*\"b64_json\":\"([^\"]+)\".*", "$1");
    return ByteString.copyFrom(Base64.getDecoder().decode(base64));
  }

  /** Of answers over a connection that was upgraded, some never ended. */
  @Test
  void httpStaysAtItsFirstVersionWhereClientsOfferTheSecond() throws Exception {
    HttpResponse<String> models =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create("http://" + address().http() + "/v1/models"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(models.statusCode()).isEqualTo(200);
    assertThat(models.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }

  @Test
  void httpTakesPicturesAndSettingsAsGrpcDoes() throws Exception {
    GenerationRequest request =
        request("http-image", 5)
            .setModel(LATENT)
            .setImage(png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)))
            .setStrength(0.6)
            .setDenoiser(
                SamplingSettings.newBuilder().setSteps(5).setSampler("DDIMScheduler").setEta(0.5))
            .build();

    HttpResponse<String> answer = overHttp(JsonFormat.printer().print(request));

    assertThat(answer.body()).contains("\"id\":\"http-image\"");
    GenerationRequest twin = request.toBuilder().setRequestId("http-image-twin").build();
    assertThat(pictureIn(answer)).isEqualTo(overGrpc(twin).get(0).getPng());
  }

  @Test
  void jsonIsTheSameOnKafkaWithAnyHeaderOrNone() {
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS)) {
      String asked =
          "{\"requestId\": \"%s\", \"prompt\": \"a cat\", \"model\": \"pipe-sd\", \"steps\": 2.0,"
              + " \"size\": \"%s\", \"negative_prompt\": \"a dog\", \"guidance_scale\": 1}";
      byte[] good = asked.formatted("any-none", "64x64").getBytes(StandardCharsets.UTF_8);
      byte[] wrong = asked.formatted("any-upper", "63x64").getBytes(StandardCharsets.UTF_8);
      byte[] torn = "{\"requestId\": \"any-torn\", ".getBytes(StandardCharsets.UTF_8);
      write(Topics.REQUESTS, null, good, null);
      write(Topics.REQUESTS, null, wrong, "Application/JSON; charset=utf-8");
      write(Topics.REQUESTS, null, torn, null);

      List<ConsumerRecord<byte[], byte[]>> answers =
          results.await(3, PATIENCE, record -> result(record).getRequestId().startsWith("any-"));

      assertThat(answers)
          .allSatisfy(
              answer ->
                  assertThat(new String(answer.value(), StandardCharsets.UTF_8)).startsWith("{"));
      assertThat(answers)
          .extracting(answer -> result(answer).getRequestId())
          .containsExactlyInAnyOrder("any-none", "any-upper", "any-torn");
      assertThat(answers)
          .anySatisfy(
              answer ->
                  assertThat(result(answer).getImage().getWarningsList())
                      .anyMatch(warning -> warning.contains("negative prompt")))
          .anySatisfy(
              answer -> assertThat(result(answer).getError().getField()).isEqualTo("width"));
    }
  }

  @Test
  void badHttpBodiesGetA400ThatNamesTheField() throws Exception {
    Map<String, String> bodies =
        Map.of(
            "{\"model\":\"pipe-unclip\",\"prompt\":\"\"}", "\"field\":\"prompt\"",
            "{\"prompt\":\"x\",\"seed\":1e30}", "\"field\":\"seed\"",
            "{\"prompt\":\"x\",\"upscaler\":[{\"stepz\":1}]}", "\"field\":\"upscaler[0].stepz\"",
            "{\"prompt\":\"x\",\"guidance_scale\":NaN}", "\"field\":\"denoiser.guidance_scale\"",
            "not json", "\"code\":\"invalid_argument\"");
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      HttpResponse<String> answer = overHttp(body.getKey());

      assertThat(answer.statusCode()).as(body.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains(body.getValue());
      assertThat(answer.headers().firstValue("content-type").orElse("")).contains("json");
    }
    assertThat(overHttp("{\"prompt\":\"x\",\"model\":\"none-such\"}").statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> raw(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address().http() + path));
  }

  @Test
  void httpRefusesInJsonWhateverIsWrong() throws Exception {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{}");
    Map<Integer, HttpRequest.Builder> requests =
        Map.of(
            403, at("/v1/images/generations").header("origin", "https://evil.example").POST(body),
            404, at("/v1/none").GET(),
            405, at("/v1/images/generations").GET(),
            406, at("/v1/images/generations").header("accept", "text/html").POST(body),
            415,
                at("/v1/images/generations")
                    .header("content-type", "multipart/form-data; boundary=x")
                    .POST(body));
    for (Map.Entry<Integer, HttpRequest.Builder> request : requests.entrySet()) {
      HttpResponse<String> answer = raw(request.getValue());

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(request.getKey());
      assertThat(answer.body()).startsWith("{\"error\":{").contains("\"message\":\"");
    }
  }

  @ParameterizedTest
  @MethodSource
  void httpRefusesPartsThatCannotBeRead(String parts, String why) throws Exception {
    HttpResponse<String> answer =
        raw(
            at("/v1/images/edits")
                .header("content-type", "multipart/form-data; boundary=x")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        (parts + "--x--\r\n").getBytes(StandardCharsets.ISO_8859_1))));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":{").contains(why);
  }

  static Stream<Arguments> httpRefusesPartsThatCannotBeRead() {
    String part = "--x\r\nContent-Disposition: form-data%s\r\n\r\n%s\r\n";
    return Stream.of(
        Arguments.of(
            part.replace("--x", "--y").formatted("; name=\"prompt\"", "a"), "No part of the body"),
        Arguments.of(part.formatted("", "a"), "A part of the body has no name"),
        Arguments.of(
            part.formatted("; name=\"prompt\"", "a\u00ff\u00fe"), "The field prompt is not UTF-8."),
        Arguments.of(
            IntStream.range(0, 1001)
                .mapToObj(i -> part.formatted("; name=\"f" + i + "\"", "a"))
                .collect(Collectors.joining()),
            "The body has too many parts: at most 1000."));
  }

  /** By its announced length: no client sends all of a body that is refused. */
  @Test
  void httpRefusesABodyThatIsTooLargeWithTheLimit() throws Exception {
    URI server = URI.create("http://" + address().http());
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/images/generations HTTP/1.1\r\nHost: "
                      + address().http()
                      + "\r\nContent-Length: 67108864\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));

      // The connection stays open, for the body that will not come.
      socket.setSoTimeout((int) PATIENCE.toMillis());
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4096];
      while (answer.indexOf("25165824 bytes") < 0) {
        int read = socket.getInputStream().read(part);
        assertThat(read).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }

      assertThat(answer.toString())
          .startsWith("HTTP/1.1 413")
          .contains("body_too_large", "25165824 bytes");
    }
  }

  /** In chunks that announce no length, by what has come. */
  @Test
  void httpRefusesABodyThatTurnsOutTooLargeWithTheLimit() throws Exception {
    URI server = URI.create("http://" + address().http());
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) ' ');
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      OutputStream body = socket.getOutputStream();
      body.write(
          ("POST /v1/images/generations HTTP/1.1\r\nHost: "
                  + address().http()
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 24; i++) {
        body.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
        body.write(chunk);
        body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      body.write("1\r\n \r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      socket.setSoTimeout((int) PATIENCE.toMillis());
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4096];
      while (answer.indexOf("25165824 bytes") < 0) {
        int read = socket.getInputStream().read(part);
        assertThat(read).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }

      assertThat(answer.toString())
          .startsWith("HTTP/1.1 413")
          .contains("body_too_large", "25165824 bytes");
    }
  }
}
