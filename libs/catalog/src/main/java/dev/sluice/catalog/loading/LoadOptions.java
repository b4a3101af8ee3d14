package dev.sluice.catalog.loading;

/**
 * How a network is loaded.
 *
 * @param precision of the weights in memory
 * @param products the precision in which the network multiplies; factors lie in memory in this one,
 *     where it is not float32
 * @param progress is told how far loading is
 * @param graphs how many graphs are kept at most, one for each shape of input; 1 or more
 */
public record LoadOptions(
    WeightPrecision precision, Precision products, LoadProgress progress, int graphs) {

  /** Graphs that a network keeps unless told otherwise. */
  public static final int DEFAULT_GRAPHS = 16;

  /** Float32, nobody told. */
  public static final LoadOptions DEFAULT =
      new LoadOptions(
          WeightPrecision.FLOAT32, Precision.FLOAT32, LoadProgress.NONE, DEFAULT_GRAPHS);

  public LoadOptions {
    if (graphs < 1) {
      throw new IllegalArgumentException("graphs is " + graphs + "; expected 1 or more");
    }
  }

  public LoadOptions withPrecision(WeightPrecision precision) {
    return new LoadOptions(precision, products, progress, graphs);
  }

  public LoadOptions withProducts(Precision products) {
    return new LoadOptions(precision, products, progress, graphs);
  }

  public LoadOptions withProgress(LoadProgress progress) {
    return new LoadOptions(precision, products, progress, graphs);
  }

  public LoadOptions withGraphs(int graphs) {
    return new LoadOptions(precision, products, progress, graphs);
  }
}
