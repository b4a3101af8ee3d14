package dev.sluice.parity;

import static dev.sluice.parity.RecordedCalls.golden;
import static dev.sluice.parity.RecordedCalls.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.Comparison;
import dev.sluice.parity.network.Reference;
import dev.sluice.safetensors.TensorSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches, from recordings of one picture. A batch draws the noise of all its pictures at once;
 * where the first picture's part is a multiple of 16 values, it is the noise that the picture alone
 * has. So with samplers that draw no more, the first picture of a batch is the recorded one.
 */
class RecordedBatchTest {

  private static double errorOfFirst(HostTensor.Floats pictures, String pack) {
    try (TensorSource golden = golden(pack)) {
      Comparison comparison =
          Reference.of(golden, "out.image").compare(Images.rows(pictures, 0, 1), 1e-4);
      return comparison.error();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-sd", "pipe-sdxl", "pipe-sd3"})
  void picturesOfOnePrompt_shareAGenerator(String pack) throws Exception {
    HostTensor.Floats pictures = run(pack, call -> call.put("num_images_per_prompt", 2));

    assertThat(pictures.shape()[0]).isEqualTo(2);
    assertThat(errorOfFirst(pictures, pack)).isLessThan(1e-4);
    assertThat(pictures.row(1).values()).isNotEqualTo(pictures.row(0).values());
  }

  @Test
  void prompts_areEachPicturesOwn() throws Exception {
    HostTensor.Floats pictures =
        run(
            "pipe-sd",
            call -> {
              ArrayNode prompts = call.arrayNode().add(call.get("prompt").textValue());
              call.set("prompt", prompts.add("a ship on a stormy sea"));
            });
    HostTensor.Floats others = run("pipe-sd", call -> call.put("num_images_per_prompt", 2));

    assertThat(errorOfFirst(pictures, "pipe-sd")).isLessThan(1e-4);
    assertThat(pictures.row(1).values()).isNotEqualTo(others.row(1).values());
  }

  @Test
  void aPictureThatSeveralStartFrom_drawsItsNoiseOnce() throws Exception {
    HostTensor.Floats one = run("pipe-sd-x4-upscaler", call -> {});
    HostTensor.Floats two =
        run("pipe-sd-x4-upscaler", call -> call.put("num_images_per_prompt", 2));

    assertThat(two.shape()[0]).isEqualTo(2);
    assertThat(relativeError(two.row(0).values(), one.values())).isLessThan(1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-unclip", "pipe-unclip-image-variation", "pipe-kandinsky22-prior"})
  void batchesOfUnClip_haveARowForEachPicture(String pack) throws Exception {
    HostTensor.Floats rows = run(pack, call -> call.put("num_images_per_prompt", 3));

    assertThat(rows.shape()[0]).isEqualTo(3);
    assertThat(rows.row(1).values()).isNotEqualTo(rows.row(0).values());
    assertThat(rows.row(2).values()).isNotEqualTo(rows.row(1).values());
  }

  @Test
  void sizesThatAreGiven_takeThePlaceOfThePictures() throws Exception {
    HostTensor.Floats same =
        run(
            "pipe-sdxl",
            call -> {
              call.set("original_size", call.arrayNode().add(32).add(32));
              call.set("target_size", call.arrayNode().add(32).add(32));
              call.set("crops_coords_top_left", call.arrayNode().add(0).add(0));
            });
    HostTensor.Floats other =
        run("pipe-sdxl", call -> call.set("crops_coords_top_left", call.arrayNode().add(8).add(4)));

    assertThat(errorOfFirst(same, "pipe-sdxl")).isLessThan(1e-4);
    assertThat(errorOfFirst(other, "pipe-sdxl")).isGreaterThan(1e-3);
  }

  private static double relativeError(float[] actual, float[] expected) {
    return new Reference("first picture", expected, new int[] {expected.length})
        .compare(Arrays.copyOf(actual, expected.length), 0)
        .error();
  }
}
