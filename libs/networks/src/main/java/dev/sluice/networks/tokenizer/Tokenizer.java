package dev.sluice.networks.tokenizer;

/** Turns text into token ids. Safe for use by several threads at once. */
public interface Tokenizer extends AutoCloseable {

  /** The ids of all of {@code text}, with those that mark its start and end, not padded. */
  long[] encode(String text);

  /**
   * The ids of {@code text}, padded or cut to {@code maxLength}. The marks of start and end stay
   * when text is cut.
   *
   * @throws IllegalArgumentException when {@code maxLength} has no room for the marks
   */
  TokenIds encode(String text, int maxLength);

  /** The most tokens that the model beside this tokenizer was made for. */
  int maxLength();

  /** Frees native memory. */
  @Override
  void close();
}
