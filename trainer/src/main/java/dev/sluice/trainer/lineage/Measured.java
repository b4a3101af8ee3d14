package dev.sluice.trainer.lineage;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.data.ClassPictures;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.SampleScore;
import java.util.stream.IntStream;

/** Fashion-MNIST's test pictures in the features of the classifier, and samples against them. */
final class Measured implements AutoCloseable {

  private final PictureFeatures features;
  private final ClassPictures test;
  private final PictureFeatures.Seen real;

  Measured(Setup setup) {
    features = new PictureFeatures(setup.models().resolve("fashion-classifier"));
    test = FashionData.test(setup.data());
    real = features.look(test.pictures(IntStream.range(0, test.count()).toArray()));
  }

  /** Against all test pictures. */
  SampleScore score(HostTensor.Floats samples) {
    return SampleScore.of(features, real, samples);
  }

  /** The share that the classifier takes for what was asked. */
  double asAsked(HostTensor.Floats samples, long[] classes) {
    return SampleScore.asAsked(features.look(samples), classes);
  }

  /** The share of test pictures that the classifier gets right. */
  double accuracy() {
    long right =
        IntStream.range(0, test.count())
            .filter(i -> real.classes()[i] == test.classes()[i])
            .count();
    return (double) right / test.count();
  }

  /** Real ones. */
  HostTensor.Floats testPictures(int count) {
    return test.pictures(IntStream.range(0, Math.min(count, test.count())).toArray());
  }

  /** What real pictures score that are none of the test's: the best there is. */
  SampleScore floor(Setup setup) {
    ClassPictures training = FashionData.training(setup.data());
    return score(training.pictures(IntStream.range(0, setup.samples()).toArray()));
  }

  @Override
  public void close() {
    features.close();
  }
}
