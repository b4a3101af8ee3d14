package dev.sluice.catalog.cost;

/**
 * What a row of a network costs where that is not simply the pixels of its sample or the tokens of
 * its text: in places that something is computed for. Networks count so when they run, planners
 * before anything runs.
 */
public final class RowCost {

  /** The timestep, the text's embedding, the picture's, and the one that is asked for. */
  private static final int BESIDE_TEXT = 4;

  /** Of one code of a picture, where what came before it is remembered. */
  public static final long OF_A_CODE = 1;

  private RowCost() {}

  /**
   * Of a diffusion prior: the tokens of the text, and the four that stand beside them.
   *
   * @param textTokens at least 0
   */
  public static long ofPrior(long textTokens) {
    return textTokens + BESIDE_TEXT;
  }

  /** Of a sequence that is computed anew for each code: the tokens of the text and the codes. */
  public static long ofCodes(long textTokens, long codes) {
    return 1 + textTokens + codes;
  }

  /**
   * Of a transformer that has text and picture in one sequence: a token of the text is as much work
   * as a patch.
   *
   * @param values of the latent, height times width
   * @param patch values along the side of a patch
   */
  public static long ofJointSequence(long values, int patch, long textTokens) {
    return values + (long) patch * patch * textTokens;
  }
}
