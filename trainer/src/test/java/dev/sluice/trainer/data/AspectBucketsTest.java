package dev.sluice.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.trainer.data.AspectBuckets.Size;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AspectBucketsTest {

  @Test
  void sizesOf512_areThoseOfOneAreaInStepsOf64() {
    AspectBuckets buckets = new AspectBuckets(512, 64, 2);

    assertThat(buckets.sizes())
        .containsExactlyInAnyOrder(
            new Size(512, 512),
            new Size(576, 448),
            new Size(448, 576),
            new Size(640, 384),
            new Size(384, 640));
  }

  @Test
  void aPicture_getsTheSizeOfItsRatio() {
    AspectBuckets buckets = new AspectBuckets(512, 64, 2);

    assertThat(buckets.sizes().get(buckets.nearest(4000, 3000))).isEqualTo(new Size(576, 448));
    assertThat(buckets.sizes().get(buckets.nearest(300, 301))).isEqualTo(new Size(512, 512));
    assertThat(buckets.sizes().get(buckets.nearest(10, 9000)))
        .isEqualTo(buckets.sizes().get(buckets.nearest(1, 2)));
  }

  @Property(tries = 200)
  void everySize_isOfTheMultipleWithinAreaAndRatio(
      @ForAll @IntRange(min = 8, max = 1100) int side,
      @ForAll @IntRange(min = 1, max = 8) int steps,
      @ForAll @DoubleRange(min = 1, max = 4) double ratio) {
    int multiple = Math.max(1, side / (8 * steps));
    for (Size size : new AspectBuckets(side, multiple, ratio).sizes()) {
      assertThat(size.width() % multiple).isZero();
      assertThat(size.height() % multiple).isZero();
      assertThat((long) size.width() * size.height()).isLessThanOrEqualTo((long) side * side);
      assertThat((double) Math.max(size.width(), size.height()))
          .isLessThanOrEqualTo(Math.min(size.width(), size.height()) * ratio);
    }
  }

  @Test
  void aSquareSmallerThanAStep_isRefused() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> new AspectBuckets(32, 64, 2))
        .withMessageContaining("choose a side of a step or more");
  }
}
