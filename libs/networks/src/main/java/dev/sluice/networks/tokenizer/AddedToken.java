package dev.sluice.networks.tokenizer;

/**
 * A token that is taken out of the text before the rest is segmented.
 *
 * @param content the text that stands for it
 * @param id its number
 * @param leftStrip whether white space before it belongs to it
 * @param rightStrip whether white space after it belongs to it
 * @param singleWord whether it must not touch letters
 */
record AddedToken(
    String content, int id, boolean leftStrip, boolean rightStrip, boolean singleWord) {

  static AddedToken of(String content, int id) {
    return new AddedToken(content, id, false, false, false);
  }
}
