package dev.sluice.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenoiseRequestTest {

  private static final HostTensor.Floats ONE = row(1, 2);
  private static final HostTensor.Floats OTHER = row(3, 4);

  private static HostTensor.Floats row(float... values) {
    return new HostTensor.Floats(values, 1, values.length);
  }

  private static DenoiseRequest request(HostTensor... given) {
    List<Map<String, HostTensor>> inputs =
        Stream.of(given).map(tensor -> Map.of("given", tensor)).toList();
    return new DenoiseRequest(inputs, Sampling.ofSteps(1), 0, 0, DenoiseRequest.Span.ALL);
  }

  @Test
  void batch_hasARowForEachPicture() {
    HostTensor.Floats batch = request(ONE, OTHER, ONE).batch("given");

    assertThat(batch.shape()).containsExactly(3, 2);
    assertThat(batch.values()).containsExactly(1, 2, 3, 4, 1, 2);
  }

  @Test
  void batch_rejectsRowsOfDifferentShapes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request(row(1, 2, 3), ONE).batch("given"))
        .withMessage("one batch cannot hold both [1, 3] and [1, 2]");
  }

  @Test
  void distinct_hasARowForEachThingGivenAndSpreadOneForEachPicture() {
    DenoiseRequest request = request(ONE, OTHER, ONE, OTHER);

    assertThat(request.distinct("given").values()).containsExactly(1, 2, 3, 4);
    HostTensor.Floats made = new HostTensor.Floats(new float[] {5, 6}, 2, 1);
    assertThat(request.spread("given", made).values()).containsExactly(5, 6, 5, 6);
  }

  @Test
  void distinct_tellsEqualThingsApart() {
    assertThat(request(row(1), row(1)).distinct("given").shape()).containsExactly(2, 1);
  }

  @Test
  void input_namesWhatIsMissingAndWhatIsThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request(ONE).input(0, "image"))
        .withMessage("the tensor image is missing; given: [given]");
  }

  @Test
  void create_rejectsNoPictureAtAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request())
        .withMessage("no picture is asked for");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void span_rejectsWhatIsNoShare(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new DenoiseRequest.Span(share, OptionalDouble.empty(), OptionalDouble.empty()))
        .withMessage("strength is " + share + "; expected 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new DenoiseRequest.Span(1, OptionalDouble.of(share), OptionalDouble.empty()))
        .withMessage("denoising_start is " + share + "; expected 0 to 1");
  }
}
