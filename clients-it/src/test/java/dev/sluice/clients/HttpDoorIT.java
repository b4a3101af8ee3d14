package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP door as bytes and headers. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class HttpDoorIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Takes longer than answers wait before they begin. */
  private static final String SLOW =
      "\"model\": \"pipe-sd\", \"prompt\": \"a ship\", \"steps\": 900";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SharedSluice.Door door;

  HttpDoorIT(SharedSluice.Door door) {
    this.door = door;
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + door.address() + path));
  }

  private HttpRequest.Builder generation(String fields) {
    return at("/v1/images/generations")
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString("{" + fields + "}"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body());
  }

  /** What comes back for some bytes, until {@code end} is in it or the connection is closed. */
  private String raw(String bytes, String end) throws IOException {
    URI server = URI.create("http://" + door.address());
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return readUntil(socket.getInputStream(), end);
    }
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] part = new byte[4096];
    int read;
    while (answer.indexOf(end) < 0 && (read = in.read(part)) > 0) {
      answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
    }
    return answer.toString();
  }

  // ---- answers

  @Test
  void aPictureComesWithWhatThereIsToSayOfIt() throws Exception {
    HttpResponse<String> answer =
        send(
            generation(
                "\"prompt\": \"a red circle\", \"seed\": 7, \"quality\": \"hd\", \"style\": null,"
                    + " \"stream\": false, \"user\": \"me\""));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = json(answer);
    assertThat(body.at("/data/0/seed").asLong()).isEqualTo(7);
    assertThat(body.path("model").asText()).isEqualTo("shapes-unclip");
    assertThat(body.path("size").asText()).isEqualTo("64x64");
    assertThat(body.at("/warnings/0").asText()).startsWith("quality has no effect here");
    assertThat(answer.headers().firstValue("warning").orElseThrow())
        .startsWith("299 sluice \"quality has no effect");
    assertThat(answer.headers().firstValue("x-request-id")).contains(body.path("id").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-image-1", "shapes-unclip"})
  void aSizeIsAWishOfModelsElsewhereOnly(String model) throws Exception {
    HttpResponse<String> answer =
        send(
            generation(
                "\"prompt\": \"a red circle\", \"size\": \"1024x1024\", \"model\": \"%s\""
                    .formatted(model)));

    if (model.equals("shapes-unclip")) {
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(json(answer).at("/error/param").asText()).isEqualTo("size");
    } else {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(json(answer).path("size").asText()).isEqualTo("64x64");
      assertThat(json(answer).path("warnings").toString()).contains("the model's own size");
    }
  }

  @ParameterizedTest
  @CsvSource({"png, 89504e47", "jpeg, ffd8ff", "webp, 52494646"})
  void picturesComeInTheFormatThatIsAskedFor(String format, String start) throws Exception {
    HttpResponse<String> answer =
        send(
            generation(
                "\"prompt\": \"a star\", \"response_format\": \"url\", \"output_format\": \"%s\""
                    .formatted(format)));
    String url = json(answer).at("/data/0/url").asText();

    HttpResponse<byte[]> picture =
        client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());

    assertThat(picture.headers().firstValue("content-type")).contains("image/" + format);
    assertThat(java.util.HexFormat.of().formatHex(picture.body())).startsWith(start);
    String guessed = url.substring(0, url.length() - 10) + "00000." + format;
    assertThat(send(HttpRequest.newBuilder(URI.create(guessed))).statusCode()).isEqualTo(404);
  }

  // ---- forms

  private static byte[] form(String boundary, byte[] image, String... fields) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      body.writeBytes(
          ("--%s\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n")
              .formatted(boundary, fields[i], fields[i + 1])
              .getBytes(StandardCharsets.UTF_8));
    }
    body.writeBytes(
        ("--%s\r\ncontent-disposition: form-data; name=\"image\"; filename=\"ä.png\"\r\n"
                + "content-type: image/png\r\n\r\n")
            .formatted(boundary)
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(image);
    body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  private HttpResponse<String> variation(byte[] body) throws Exception {
    return send(
        at("/v1/images/variations")
            .header("content-type", "multipart/form-data; boundary=limit")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  @Test
  void aFormTakesOurOwnFieldsAsWell() throws Exception {
    byte[] image = Pictures.png(64, (x, y) -> x < 32 ? 0xffd02020 : 0xffffffff);

    HttpResponse<String> answer =
        variation(
            form("limit", image, "n", "2", "seed", "5", "size", "", "denoiser", "{\"steps\": 4}"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).at("/data/1/seed").asLong()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n|two|n",
        "n|17|n",
        "denoiser|{\"stepz\": 4}|denoiser.stepz",
        "output_format|gif|output_format",
        "qualty|hd|qualty"
      })
  void aFormIsRefusedByTheNameOfTheField(String field, String value, String at) throws Exception {
    HttpResponse<String> answer = variation(form("limit", Pictures.colorful(64), field, value));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/param").asText()).isEqualTo(at);
    assertThat(json(answer).at("/error/field").asText()).isEqualTo(at);
  }

  @Test
  void aFormThatIsCutOffIsRefused() throws Exception {
    byte[] whole = form("limit", Pictures.colorful(64), "n", "1");

    HttpResponse<String> cut = variation(Arrays.copyOf(whole, whole.length - 20));
    HttpResponse<String> other = variation(form("other", new byte[] {1}, "n", "1"));

    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(json(cut).at("/error/message").asText()).contains("multipart/form-data");
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(json(other).at("/error/message").asText()).isNotEmpty();
  }

  // ---- slow pictures

  @Test
  void aSlowAnswerBeginsBeforeItsPicture() throws Exception {
    long started = System.nanoTime();
    HttpResponse<InputStream> answer =
        client.send(generation(SLOW).build(), BodyHandlers.ofInputStream());
    long headers = System.nanoTime() - started;

    String body = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(Duration.ofNanos(headers)).isLessThan(Duration.ofNanos(System.nanoTime() - started));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("transfer-encoding")).contains("chunked");
    assertThat(body).startsWith(" ");
    assertThat(JSON.readTree(body).at("/data/0/b64_json").asText()).isNotEmpty();
  }

  @Test
  void anErrorOfAnAnswerThatHasBegunBreaksItOff() throws Exception {
    assertThatThrownBy(() -> send(generation(SLOW + ", \"timeout\": \"3s\"")))
        .isInstanceOf(IOException.class);
    String body = "{" + SLOW + ", \"timeout\": \"3s\"}";
    String answer =
        raw(
            "POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s"
                .formatted(body.length(), body),
            "never");

    assertThat(answer).startsWith("HTTP/1.1 200").contains("\"code\":\"deadline_exceeded\"");
    assertThat(answer).doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void anErrorBeforeTheAnswerHasBegunHasItsStatus() throws Exception {
    HttpResponse<String> answer = send(generation(SLOW + ", \"timeout\": \"1s\""));

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(json(answer).at("/error/type").asText()).isEqualTo("server_error");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
  }

  // ---- asking again

  @Test
  void aKeyMakesTwoRequestsOne() throws Exception {
    String key = "a key with spaces " + UUID.randomUUID();
    HttpRequest.Builder request =
        generation("\"prompt\": \"a star\"").header("idempotency-key", key);

    JsonNode first = json(send(request));
    JsonNode second = json(send(request));
    HttpResponse<String> other =
        send(generation("\"prompt\": \"a circle\"").header("idempotency-key", key));

    assertThat(second.path("data")).isEqualTo(first.path("data"));
    assertThat(second.path("id")).isEqualTo(first.path("id"));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(json(other).at("/error/code").asText()).isEqualTo("already_exists");
  }

  @Test
  void aRepetitionJoinsTheRequestThatItRepeats() throws Exception {
    String fields = SLOW + ", \"negative_prompt\": \"%s\"".formatted(UUID.randomUUID());
    assertThatThrownBy(
            () ->
                send(
                    generation(fields)
                        .header("x-stainless-retry-count", "0")
                        .timeout(Duration.ofMillis(700))))
        .isInstanceOf(HttpTimeoutException.class);

    HttpResponse<String> repeated = send(generation(fields).header("x-stainless-retry-count", "1"));
    HttpResponse<String> another = send(generation(fields).header("x-stainless-retry-count", "0"));

    String id = json(repeated).path("id").asText();
    assertThat(repeated.headers().firstValue("x-request-id").orElseThrow()).isNotEqualTo(id);
    assertThat(json(another).path("id").asText()).isNotEqualTo(id);
    assertThat(json(another).at("/data/0/seed")).isNotEqualTo(json(repeated).at("/data/0/seed"));
  }

  // ---- streams

  @Test
  void aStreamTellsAnErrorAsItsLastEvent() throws Exception {
    HttpResponse<String> answer =
        send(generation(SLOW + ", \"timeout\": \"2s\", \"stream\": true"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(answer.body())
        .contains("event: error\ndata: {\"error\":{")
        .contains("deadline_exceeded");
  }

  @Test
  void aStreamThatCannotBeginIsRefused() throws Exception {
    HttpResponse<String> answer = send(generation("\"prompt\": \"\", \"stream\": true"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/field").asText()).isEqualTo("prompt");
  }

  @Test
  void aStreamGoesToWhoAcceptsNothingElse() throws Exception {
    HttpResponse<String> answer =
        send(
            generation("\"prompt\": \"a star\", \"stream\": true")
                .header("accept", "text/event-stream"));

    String data = answer.body().substring(answer.body().indexOf("data: ") + 6);
    assertThat(answer.body()).startsWith("event: image_generation.completed\n");
    byte[] picture = Base64.getDecoder().decode(JSON.readTree(data).path("b64_json").asText());
    assertThat(Pictures.read(picture).getWidth()).isEqualTo(64);
  }

  // ---- refusals

  @Test
  void aMethodThatAPathDoesNotTakeIsToldWithThoseThatItDoes() throws Exception {
    HttpResponse<String> post = send(at("/v1/models").POST(BodyPublishers.noBody()));
    HttpResponse<String> get = send(at("/v1/images/edits"));

    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
    assertThat(get.headers().firstValue("allow")).contains("POST");
    assertThat(json(get).at("/error/code").asText()).isEqualTo("method_not_allowed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /v1/nothing HTTP/1.1|404",
        "GET /v2 HTTP/1.1|404",
        "GET /v1/models/..%2f..%2fetc HTTP/1.1|404",
        "POST /v1/images/%67enerations%ff HTTP/1.1|404"
      })
  void whatCannotBeAnsweredIsRefusedInJson(String line, int status) throws Exception {
    String answer = raw(line + "\r\nhost: x\r\nconnection: close\r\n\r\n", "never");

    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n"))).at("/error/message"))
        .isNotNull();
    assertThat(answer).contains("x-request-id");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatIsTooLargeIsRefusedAfterAllOfItWasSent(boolean announced) throws Exception {
    byte[] body = new byte[40 << 20];
    Arrays.fill(body, (byte) ' ');
    HttpRequest.BodyPublisher publisher =
        announced
            ? BodyPublishers.ofByteArray(body)
            : BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body));

    HttpResponse<String> answer = send(at("/v1/images/generations").POST(publisher));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(json(answer).at("/error/code").asText()).isEqualTo("body_too_large");
  }
}
