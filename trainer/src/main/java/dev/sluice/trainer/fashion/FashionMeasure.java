package dev.sluice.trainer.fashion;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.data.ClassPictures;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.SampleScore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/** Fashion-MNIST's test pictures in the features of the classifier, and samples against them. */
public final class FashionMeasure implements AutoCloseable {

  private final Optional<Path> data;
  private final PictureFeatures features;
  private final ClassPictures test;
  private final PictureFeatures.Seen real;

  /**
   * Reads the test pictures and looks at them.
   *
   * @param classifier the folder that {@code train fashion-classifier} writes
   * @param data the folder of Fashion-MNIST; empty for Debian's
   */
  public FashionMeasure(Path classifier, Optional<Path> data) {
    this.data = data;
    features = new PictureFeatures(classifier);
    test = FashionData.test(data);
    real = features.look(test.pictures(IntStream.range(0, test.count()).toArray()));
  }

  /** What the classifier makes of samples. */
  public PictureFeatures.Seen look(HostTensor.Floats samples) {
    return features.look(samples);
  }

  /** Against all test pictures. */
  public SampleScore score(PictureFeatures.Seen samples) {
    return SampleScore.of(features.classes(), real, samples);
  }

  /** The same, of samples of which nothing else is asked. */
  public SampleScore score(HostTensor.Floats samples) {
    return score(look(samples));
  }

  /** The share of test pictures that the classifier gets right. */
  public double accuracy() {
    long right =
        IntStream.range(0, test.count())
            .filter(i -> real.classes()[i] == test.classes()[i])
            .count();
    return (double) right / test.count();
  }

  /** Real ones. */
  public HostTensor.Floats testPictures(int count) {
    return test.pictures(IntStream.range(0, Math.min(count, test.count())).toArray());
  }

  /**
   * What real pictures score that are none of the test's: the best there is.
   *
   * @param samples how many of them
   */
  public SampleScore floor(int samples) {
    ClassPictures training = FashionData.training(data);
    return score(training.pictures(IntStream.range(0, samples).toArray()));
  }

  @Override
  public void close() {
    features.close();
  }
}
