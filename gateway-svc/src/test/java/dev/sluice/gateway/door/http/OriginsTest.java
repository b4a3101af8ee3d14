package dev.sluice.gateway.door.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.HostAndPort;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {

  private static final Set<String> ALLOWED = Set.of("https://studio.example.org");

  @ParameterizedTest
  @CsvSource({
    // programs say nothing of an origin
    "POST, , , 127.0.0.1, 8080, true",
    "POST, , none, 127.0.0.1, 8080, true",
    "POST, , same-origin, 127.0.0.1, 8080, true",
    "POST, , cross-site, 127.0.0.1, 8080, false",
    "POST, , same-site, 127.0.0.1, 8080, false",
    // our own pages
    "POST, http://127.0.0.1:8080, same-origin, 127.0.0.1, 8080, true",
    "POST, http://localhost:8080, , localhost, 8080, true",
    "POST, http://[::1]:8080, , [::1], 8080, true",
    // others
    "POST, http://localhost:3000, , localhost, 8080, false",
    "POST, https://evil.example, cross-site, 127.0.0.1, 8080, false",
    "POST, null, , 127.0.0.1, 8080, false",
    "POST, '', , 127.0.0.1, 8080, false",
    "OPTIONS, https://evil.example, , 127.0.0.1, 8080, false",
    // a name of theirs that leads here
    "POST, http://evil.example:8080, same-origin, evil.example, 8080, false",
    // what is named in the settings
    "POST, https://studio.example.org, cross-site, 127.0.0.1, 8080, true",
    // reading changes nothing
    "GET, https://evil.example, cross-site, 127.0.0.1, 8080, true"
  })
  void mayAsk_keepsPagesOfOtherOriginsOut(
      String method, String origin, String site, String host, int port, boolean may) {
    assertThat(
            new Origins(ALLOWED, "127.0.0.1")
                .mayAsk(method, origin, site, HostAndPort.create(host, port)))
        .isEqualTo(may);
  }

  @ParameterizedTest
  @CsvSource({
    "http://sluice.example, -1, true",
    "https://sluice.example, -1, true",
    "http://sluice.example:80, -1, true",
    "http://sluice.example:81, -1, false"
  })
  void mayAsk_takesPagesOfANameThatOthersReachTheServerBy(String origin, int port, boolean may) {
    assertThat(
            new Origins(Set.of(), "0.0.0.0")
                .mayAsk("POST", origin, null, HostAndPort.create("sluice.example", port)))
        .isEqualTo(may);
  }
}
