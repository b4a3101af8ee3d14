package dev.sluice.pipeline.request;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a picture shall show, in words.
 *
 * @param text for every text encoder that has no text of its own
 * @param second for the second text encoder, of models with two or three
 * @param third for the third
 * @param negative what it shall not show; that none was given is not the same as an empty one: SDXL
 *     takes zeros then, other models the empty text
 * @param maxTokens of T5's in Stable Diffusion 3; the model's own number if absent
 */
public record Prompt(
    String text,
    Optional<String> second,
    Optional<String> third,
    Optional<Prompt> negative,
    OptionalInt maxTokens) {

  /** The text of unconditional generation. */
  static final Prompt EMPTY = of("");

  /** A text alone. */
  public static Prompt of(String text) {
    return new Prompt(
        text, Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /** A text and what is not wanted. */
  public Prompt without(String unwanted) {
    return without(of(unwanted));
  }

  /** A text and what is not wanted, in texts of its own for the second and third encoder. */
  public Prompt without(Prompt unwanted) {
    return new Prompt(text, second, third, Optional.of(unwanted), maxTokens);
  }

  /** Texts of their own for the second and third encoder. */
  public Prompt with(Optional<String> forSecond, Optional<String> forThird) {
    return new Prompt(text, forSecond, forThird, negative, maxTokens);
  }

  /** Another number of T5's tokens. */
  public Prompt cutTo(int tokens) {
    return new Prompt(text, second, third, negative, OptionalInt.of(tokens));
  }

  /** What is not wanted; the empty text if nothing was given. */
  public Prompt unwanted() {
    return negative.orElse(EMPTY);
  }

  public String textOfSecond() {
    return second.orElse(text);
  }

  public String textOfThird() {
    return third.orElse(text);
  }
}
