package dev.sluice.planning.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.picture.Pixels;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeLimitsTest {

  private final SizeLimits limits = SizeLimits.of(8, 1, new ImageSize(512, 512));

  private static GenerationRequest asking(int width, int height) {
    return GenerationRequest.newBuilder().setWidth(width).setHeight(height).build();
  }

  private static GivenPicture picture(int width, int height) {
    return new GivenPicture("image", new Pixels(1, 1, new int[1]), new ImageSize(width, height));
  }

  @ParameterizedTest
  @CsvSource({
    "36, 32 or 40",
    "1, 8",
    "2047, 2040 or 2048",
    "2056, 2048",
    "4000000, 2048",
    "-8, 2048"
  })
  void check_namesTheNearestSizeThatIsMade(int width, String nearest) {
    assertThatThrownBy(() -> limits.check("m", asking(width, 0)))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getField()).isEqualTo("width");
              assertThat(e.getMessage())
                  .contains("multiples of 8 from 8 to 2048")
                  .endsWith("The nearest is " + nearest + ".");
            });
  }

  @Test
  void check_asksForNoMoreThanThereArePositions() {
    SizeLimits sd3 = SizeLimits.upTo(12 * 2 * 4, 4, 2, new ImageSize(32, 32));

    assertThatCode(() -> sd3.check("m", asking(96, 8))).doesNotThrowAnyException();
    assertThatThrownBy(() -> sd3.check("m", asking(32, 104)))
        .hasMessageContaining("multiples of 8 from 8 to 96");
  }

  @ParameterizedTest
  @CsvSource({
    // as they are, but for what is over a multiple
    "512, 512, 0, 0, 512x512",
    "515, 775, 0, 0, 512x768",
    "1024, 1024, 0, 0, 1024x1024",
    // photos become as large as what the model was made for
    "4000, 3000, 0, 0, 584x440",
    "3000, 4000, 0, 0, 440x584",
    // never more than is asked for, in their own shape
    "4000, 3000, 256, 256, 256x192",
    "4000, 3000, 256, 0, 256x192",
    "4000, 3000, 584, 440, 584x440",
    "64, 64, 512, 512, 64x64"
  })
  void fitted_keepsThePicturesShape(int width, int height, int wide, int high, String size) {
    assertThat(limits.fitted("m", picture(width, height), asking(wide, high)).toString())
        .isEqualTo(size);
  }

  @Test
  void fitted_refusesWhatIsTooSmallOrTooNarrow() {
    for (GivenPicture picture : new GivenPicture[] {picture(7, 512), picture(8000, 20)}) {
      assertThatThrownBy(() -> limits.fitted("m", picture, asking(0, 0)))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("at least 8");
    }
  }

  /** So that a recipe, which says the size, makes the picture again. */
  @Property
  void fitted_givesTheSameSizeWhenAskedForIt(
      @ForAll @IntRange(min = 40, max = 9000) int width,
      @ForAll @IntRange(min = 40, max = 9000) int height) {
    ImageSize size;
    try {
      size = limits.fitted("m", picture(width, height), asking(0, 0));
    } catch (RequestException e) {
      return;
    }

    assertThat(size.width()).isLessThanOrEqualTo(Math.min(width, 2048));
    assertThat(size.height()).isLessThanOrEqualTo(Math.min(height, 2048));
    assertThat(limits.fitted("m", picture(width, height), asking(size.width(), size.height())))
        .isEqualTo(size);
  }
}
