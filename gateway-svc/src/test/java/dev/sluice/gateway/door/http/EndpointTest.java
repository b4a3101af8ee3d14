package dev.sluice.gateway.door.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "/v1/images/generations, POST",
    "/v1/images/edits, POST",
    "/v1/models, 'GET, HEAD'",
    "/v1/models/, 'GET, HEAD'",
    "/v1/models/sd15, 'GET, HEAD'",
    "/v1/models/a/b, ''",
    "/v1/none, ''"
  })
  void allowed_tellsTheMethodsOfAPath(String path, String allowed) {
    assertThat(Endpoint.allowed(path)).isEqualTo(allowed);
  }
}
