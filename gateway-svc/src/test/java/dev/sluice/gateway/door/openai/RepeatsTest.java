package dev.sluice.gateway.door.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.GenerationRequest;
import org.junit.jupiter.api.Test;

class RepeatsTest {

  private final Repeats repeats = new Repeats();

  @Test
  void label_isThatOfTheCallThatIsRepeated() {
    repeats.label("content", "0", "first");
    repeats.lost("first");

    assertThat(repeats.label("content", "1", "second")).isEqualTo("first");
    assertThat(repeats.label("content", "2", "third")).isEqualTo("first");
  }

  @Test
  void label_isFreshOfACallThatRepeatsNone() {
    repeats.label("content", "0", "first");
    repeats.lost("first");

    assertThat(repeats.label("content", "0", "second")).isEqualTo("second");
    assertThat(repeats.label("other", "1", "third")).isEqualTo("third");
    assertThat(repeats.label("content", null, "fourth")).isEqualTo("fourth");
  }

  @Test
  void label_isFreshAfterAnAnswer() {
    repeats.label("content", "0", "first");
    repeats.answered("first");

    assertThat(repeats.label("content", "1", "second")).isEqualTo("second");
  }

  @Test
  void label_prefersTheCallWhoseConnectionIsGone() {
    repeats.label("content", "0", "waiting");
    repeats.label("content", "0", "gone");
    repeats.lost("gone");

    assertThat(repeats.label("content", "1", "again")).isEqualTo("gone");
  }

  @Test
  void label_isThatOfACallWhoseEndNobodyHasNoticed() {
    repeats.label("content", "0", "first");

    assertThat(repeats.label("content", "1", "second")).isEqualTo("first");
  }

  @Test
  void label_forgetsTheOldestOfTooMany() {
    for (int i = 0; i < 5000; i++) {
      repeats.label("content " + i, "0", "label-" + i);
    }

    assertThat(repeats.label("content 0", "1", "fresh")).isEqualTo("fresh");
    assertThat(repeats.label("content 4000", "1", "fresh")).isEqualTo("label-4000");
  }

  @Test
  void contentOf_differsByWhoAsksForWhat() {
    GenerationRequest request = GenerationRequest.newBuilder().setPrompt("x").build();
    GenerationRequest other = request.toBuilder().setPrompt("y").build();

    assertThat(Repeats.contentOf(Kind.EDIT, request, "Bearer a"))
        .isEqualTo(Repeats.contentOf(Kind.EDIT, request, "Bearer a"))
        .isNotEqualTo(Repeats.contentOf(Kind.GENERATION, request, "Bearer a"))
        .isNotEqualTo(Repeats.contentOf(Kind.EDIT, request, "Bearer b"))
        .isNotEqualTo(Repeats.contentOf(Kind.EDIT, request, null))
        .isNotEqualTo(Repeats.contentOf(Kind.EDIT, other, "Bearer a"));
  }
}
