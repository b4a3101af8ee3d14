package dev.sluice.networks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CostTest {

  private static Architecture architecture(String pack) {
    return Architectures.of(Config.read(Goldens.folder(pack).resolve("config.json")));
  }

  private static HostTensor zeros(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return new HostTensor.Floats(new float[size], shape);
  }

  @Property(tries = 50)
  void cost_ofPicturesIsTheirPixelsWhateverTheTextsLength(
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 400) int tokens) {
    Map<String, HostTensor> row =
        Map.of(
            "sample", zeros(1, 4, height, width),
            "encoder_hidden_states", zeros(1, tokens, 2),
            "timestep", zeros(1));

    assertThat(Positions.ofLargest(row)).isEqualTo((long) height * width);
  }

  /** As pictures packed to tokens are: a row of 4,096 was one pixel once. */
  @Property(tries = 50)
  void cost_ofTokensIsTheirNumber(
      @ForAll @IntRange(min = 1, max = 400) int tokens,
      @ForAll @IntRange(min = 1, max = 400) int others) {
    Map<String, HostTensor> row =
        Map.of(
            "hidden_states", zeros(1, tokens, 3),
            "encoder_hidden_states", zeros(1, others, 2),
            "guidance", zeros(1));

    assertThat(Positions.ofLargest(row)).isEqualTo(Math.max(tokens, others));
    assertThat(Positions.ofLargest(Map.of("input_ids", new HostTensor.Longs(new long[77], 1, 77))))
        .isEqualTo(77);
    assertThat(Positions.ofLargest(Map.of("timestep", zeros(1)))).isEqualTo(1);
  }

  @Test
  void cost_ofAPriorGrowsWithItsText() {
    Architecture prior = architecture("prior-karlo");
    Map<String, HostTensor> row = new HashMap<>(prior.exampleInputs());
    long before = prior.cost(row);
    int[] shape = row.get("encoder_hidden_states").shape();
    row.put("encoder_hidden_states", zeros(1, shape[1] + 10, shape[2]));

    assertThat(before).isEqualTo(shape[1] + 4);
    assertThat(prior.cost(row)).isEqualTo(before + 10);
  }

  @Test
  void cost_ofSd3CountsItsTextBesideThePicture() {
    Architecture sd3 = architecture("sd3-mmdit");
    Map<String, HostTensor> row = new HashMap<>(sd3.exampleInputs());
    row.put("encoder_hidden_states", zeros(1, 100, 1));
    row.put("hidden_states", zeros(1, 1, 64, 64));

    assertThat(sd3.cost(row)).isEqualTo(64 * 64 + 4 * 100);
  }
}
