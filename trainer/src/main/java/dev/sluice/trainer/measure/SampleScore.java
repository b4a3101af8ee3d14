package dev.sluice.trainer.measure;

/**
 * What is said of a set of samples.
 *
 * @param frechet the distance to real pictures, in the classifier's features
 * @param overlap precision and recall against as many real pictures
 * @param classes how many the classifier takes for each class
 */
public record SampleScore(double frechet, ManifoldOverlap overlap, int[] classes) {

  private static final int NEIGHBOURS = 3;

  /**
   * Scores samples against real pictures; the first as many of these for the overlap.
   *
   * @param count of the classes that there are
   */
  public static SampleScore of(int count, PictureFeatures.Seen real, PictureFeatures.Seen seen) {
    Vectors made = seen.features();
    int[] classes = new int[count];
    for (int found : seen.classes()) {
      classes[found]++;
    }
    return new SampleScore(
        FrechetDistance.between(real.features(), made),
        ManifoldOverlap.of(real.features().first(made.count()), made, NEIGHBOURS),
        classes);
  }

  /** The share of samples that the classifier takes for the class that was asked for. */
  public static double asAsked(PictureFeatures.Seen seen, long[] asked) {
    int right = 0;
    for (int i = 0; i < asked.length; i++) {
      right += seen.classes()[i] == asked[i] ? 1 : 0;
    }
    return (double) right / asked.length;
  }

  /** How evenly the classes occur: the entropy of their shares over that of equal ones. */
  public double evenness() {
    double all = java.util.Arrays.stream(classes).sum();
    double entropy = 0;
    for (int count : classes) {
      if (count > 0) {
        entropy -= count / all * Math.log(count / all);
      }
    }
    return entropy / Math.log(classes.length);
  }
}
