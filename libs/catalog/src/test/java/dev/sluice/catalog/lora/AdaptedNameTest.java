package dev.sluice.catalog.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptedNameTest {

  @Test
  void parse_readsModelAdaptationsAndWeights() {
    AdaptedName name = AdaptedName.parse("sd15+watercolour:0.8+detail+less:-1.25");

    assertThat(name.model()).isEqualTo("sd15");
    assertThat(name.adaptations())
        .isEqualTo(
            List.of(
                new AdaptedName.Use("watercolour", 0.8),
                new AdaptedName.Use("detail", 1),
                new AdaptedName.Use("less", -1.25)));
    assertThat(AdaptedName.parse("sd15").adaptations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "sd15, sd15",
    "sd15+a:1, sd15+a",
    "sd15+a:1.0+b:0.50, sd15+a+b:0.5",
    "sd15+a:0, sd15+a:0",
    "sd15+a:-0.25, sd15+a:-0.25"
  })
  void toString_isTheSameForWhatIsTheSame(String asked, String called) {
    assertThat(AdaptedName.parse(asked)).hasToString(called);
    assertThat(AdaptedName.parse(called)).isEqualTo(AdaptedName.parse(asked));
    assertThat(AdaptedName.modelOf(asked)).isEqualTo("sd15");
  }

  @ParameterizedTest
  @CsvSource({
    "sd15+, expected NAME or NAME:WEIGHT",
    "sd15+../a, expected NAME or NAME:WEIGHT",
    "sd15+a:x, expected NAME or NAME:WEIGHT",
    "sd15+a:, expected NAME or NAME:WEIGHT",
    "sd15+a:5, expected -4 to 4",
    "sd15+a:1+a:0.5, give it the sum of the weights",
    "sd15+a+b+c+d+e+f+g+h+i, at most 8"
  })
  void parse_saysWhatIsWrong(String name, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdaptedName.parse(name))
        .withMessageContaining(sentence);
  }
}
