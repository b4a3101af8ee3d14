package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteCountsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "1740000000, 1.7 GB",
    "12400000000, 12 GB",
    "999999999, 1.0 GB"
  })
  void text_hasTheUnitThatPeopleWouldChoose(long bytes, String text) {
    assertThat(ByteCounts.text(bytes)).isEqualTo(text);
  }

  @Test
  void text_tellsAPartInTheUnitOfTheWhole() {
    assertThat(ByteCounts.text(1_200_000_000L, 1_700_000_000L)).isEqualTo("1.2 of 1.7 GB");
    assertThat(ByteCounts.text(4_000_000L, 1_700_000_000L)).isEqualTo("0.0 of 1.7 GB");
  }
}
