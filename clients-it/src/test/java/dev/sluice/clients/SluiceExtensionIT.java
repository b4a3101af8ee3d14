package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.client.Picture;
import dev.sluice.client.SluiceClient;
import dev.sluice.testing.RunningSluice;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the extension for other people's tests gives to them. */
@ExtendWith(SharedSluice.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SluiceExtensionIT {

  @Test
  void client_asksTheModelThatShips(SluiceClient client) {
    Picture picture = client.generate("a large red circle").seed(7).steps(5).pictures().get(0);

    assertThat(picture.width()).isEqualTo(64);
    assertThat(picture.seed()).isEqualTo(7);
  }

  @Test
  void openAi_isWhereItsClientsLook(RunningSluice sluice) throws Exception {
    assertThat(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(sluice.openAi() + "/models")).build(),
                    BodyHandlers.ofString())
                .body())
        .contains("shapes-unclip");
    assertThat(sluice.kafka()).startsWith("127.0.0.1:").doesNotEndWith(":9092");
  }
}
