package dev.sluice.networks.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.tokenizer.TokenMatching;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddedTokensTest {

  private static final long ID = 9;

  /** Parts of the text in their order, the token as its id. */
  private static List<String> parts(String text, TokenMatching how) {
    List<String> parts = new ArrayList<>();
    AddedTokens tokens = new AddedTokens(Map.of("<cat>", ID), Map.of("<cat>", how));
    long[] ids =
        tokens.segment(
            text,
            part -> {
              parts.add(part);
              return new long[] {-parts.size()};
            });
    List<String> named = new ArrayList<>();
    for (long id : ids) {
      named.add(id == ID ? "9" : parts.get((int) (-id - 1)));
    }
    return named;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a <cat> b|false|false|false|[a ;9; b]",
        "a <cat> b|true|false|false|[a;9; b]",
        "a <cat> b|false|true|false|[a ;9;b]",
        "a <cat> b|true|true|true|[a;9;b]",
        "a<cat> b|false|false|true|[a<cat>; b]",
        "a <cat>s|false|false|true|[a ;<cat>s]",
        "<cat>|true|true|true|[9]",
        "a <cat> |false|true|false|[a ;9]"
      })
  void segment_findsTokensAsTheirDescriptionSays(
      String text, boolean lstrip, boolean rstrip, boolean singleWord, String expected) {
    assertThat(parts(text, new TokenMatching(lstrip, rstrip, singleWord)))
        .hasToString(expected.replace(";", ", "));
  }
}
