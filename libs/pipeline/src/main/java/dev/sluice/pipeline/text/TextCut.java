package dev.sluice.pipeline.text;

import dev.sluice.pipeline.request.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a text encoder does not see of a text that is too long for it.
 *
 * @param tokens that it reads
 * @param reader which encoder that is, and who else sees the rest
 * @param rest the end of the text
 */
record TextCut(int tokens, String reader, String rest) {

  /** For {@code reader} where nobody sees the rest. */
  static final String UNSEEN = "text encoder reads; it does not see";

  private static final int LONGEST_SHOWN = 60;

  /** Of both texts of a prompt, in sentences for whoever wrote them. */
  static List<String> sentences(Prompt prompt, Function<String, Optional<TextCut>> cut) {
    List<String> sentences = new ArrayList<>();
    cut.apply(prompt.text()).ifPresent(found -> sentences.add(found.of("prompt")));
    cut.apply(prompt.unwanted().text())
        .ifPresent(found -> sentences.add(found.of("negative prompt")));
    return sentences;
  }

  private String of(String what) {
    String shown =
        rest.codePointCount(0, rest.length()) <= LONGEST_SHOWN
            ? rest
            : rest.substring(0, rest.offsetByCodePoints(0, LONGEST_SHOWN)) + " ...";
    return "The %s is longer than the %d tokens that the model's %s: \"%s\"."
        .formatted(what, tokens, reader, shown);
  }
}
