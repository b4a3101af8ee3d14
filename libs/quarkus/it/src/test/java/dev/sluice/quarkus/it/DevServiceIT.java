package dev.sluice.quarkus.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;

/** An application that is tested finds a Sluice beside it, without a line of configuration. */
@QuarkusTest
class DevServiceIT {

  private static final Pattern PICTURE = Pattern.compile("\"b64_json\": ?\"([^\"]+)\"");

  @Inject Config config;

  @Test
  void openAisClientsArePointedToIt_andGetPictures() throws Exception {
    String openAi = config.getValue("quarkus.langchain4j.openai.base-url", String.class);
    assertThat(config.getValue("quarkus.langchain4j.openai.api-key", String.class)).isNotEmpty();

    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(openAi + "/images/generations"))
                    .header("content-type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"prompt\": \"a large red circle\", \"steps\": 3}"))
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Matcher picture = PICTURE.matcher(answer.body());
    assertThat(picture.find()).isTrue();
    assertThat(Base64.getDecoder().decode(picture.group(1))).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void itsOtherDoorsAreNamed() {
    assertThat(config.getValue("sluice.grpc", String.class)).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(config.getValue("sluice.kafka", String.class)).matches("127\\.0\\.0\\.1:\\d+");
  }
}
