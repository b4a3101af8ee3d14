package dev.sluice.pipeline.batch;

/**
 * How large one network call may become. Work for a single image that is larger runs all the same,
 * in calls of at most this size but of at least one row.
 *
 * @param rows at most this many rows
 * @param pixels at most this many rows times what a row costs: the height times width of what the
 *     network sees, or its tokens
 * @param calls a network call may be made as so many smaller ones, side by side
 */
public record BatchLimit(int rows, long pixels, int calls) {

  /** 32 rows, and of those as many as make 8 pictures of 512 x 512. */
  public static final BatchLimit DEFAULT = new BatchLimit(32, 8L * 512 * 512);

  public BatchLimit {
    if (rows < 1 || pixels < 1 || calls < 1) {
      throw new IllegalArgumentException(
          "a batch limit of %d rows, %d pixels and %d calls; expected 1 or more of each"
              .formatted(rows, pixels, calls));
    }
  }

  /** One call at a time. */
  public BatchLimit(int rows, long pixels) {
    this(rows, pixels, 1);
  }

  /** The same, made as so many calls side by side. */
  public BatchLimit sideBySide(int calls) {
    return new BatchLimit(rows, pixels, calls);
  }

  /** The same with no more pixels than that. */
  public BatchLimit atMost(long pixels) {
    return new BatchLimit(rows, Math.min(this.pixels, pixels), calls);
  }

  /** The same for rows whose inputs' values stand for so many pixels each. */
  public BatchLimit perValue(int pixelsOfValue) {
    return new BatchLimit(rows, Math.max(1, pixels / pixelsOfValue), calls);
  }

  /** How many rows of that cost fit; at least one. */
  int rowsOf(long costOfRow) {
    return (int) Math.max(1, Math.min(rows, pixels / costOfRow));
  }
}
