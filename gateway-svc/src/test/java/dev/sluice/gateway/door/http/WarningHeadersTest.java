package dev.sluice.gateway.door.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningHeadersTest {

  @Test
  void of_writesWhatHeadersCanHold() {
    assertThat(WarningHeaders.of(List.of("a \"prompt\"\r\nset-cookie: ü\\")))
        .containsExactly("299 sluice \"a \\\"prompt\\\"??set-cookie: ?\\\\\"");
  }

  @Test
  void of_keepsHeadersShort() {
    List<String> values = WarningHeaders.of(Collections.nCopies(100, "x".repeat(10_000)));

    assertThat(String.join("", values)).hasSizeLessThan(5000);
  }
}
