package dev.sluice.parity;

import static dev.sluice.parity.RecordedCalls.golden;
import static dev.sluice.parity.RecordedCalls.run;
import static dev.sluice.parity.RecordedCalls.runAs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.Reference;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arguments mean that the given recordings leave out or set otherwise. */
class RecordedArgumentsTest {

  private static final Offset<Float> NEAR = Offset.offset(1e-4f);

  private static HostTensor.Floats recorded(String pack) {
    try (TensorSource golden = golden(pack)) {
      return Reference.of(golden, "out.image").tensor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-ddpm", "pipe-dit"})
  void outputTypeOfTensors_isThatOfArraysWhereThePipelineKnowsNoTensors(String pack)
      throws Exception {
    HostTensor.Floats pictures = run(pack, call -> call.put("output_type", "pt"));

    assertThat(pictures.shape()).isEqualTo(recorded(pack).shape());
    assertThat(pictures.values()).containsExactly(recorded(pack).values(), NEAR);
  }

  @Test
  void outputTypeOfTensors_isInUnitRangeForStableDiffusion() throws Exception {
    HostTensor.Floats picture = run("pipe-sd", call -> call.put("output_type", "pt"));

    assertThat(picture.shape()).containsExactly(1, 3, 64, 64);
    assertThat(Images.channelsLast(picture).values())
        .containsExactly(recorded("pipe-sd").values(), NEAR);
  }

  @Test
  void outputTypeOfTensors_isAsTheAutoencoderLeavesItForKandinsky() throws Exception {
    HostTensor.Floats picture =
        run("pipe-kandinsky22-decoder", call -> call.put("output_type", "pt"));

    assertThat(picture.shape()).containsExactly(1, 3, 16, 16);
    assertThat(Images.unit(picture).values()).contains(0, 1);
    assertThat(picture.values()).doesNotContain(-1, 1);
    assertThat(Images.channelsLast(Images.unit(picture)).values())
        .containsExactly(recorded("pipe-kandinsky22-decoder").values(), NEAR);
  }

  @Test
  void ddimPipeline_samplesByDdimWhateverTheModelNames(@TempDir Path parent) throws Exception {
    PackCopy copy = PackCopy.of("pipe-ddpm", parent);
    HostTensor.Floats byDdpm = runAs("DDPMPipeline", copy.folder());
    HostTensor.Floats byPipeline = runAs("DDIMPipeline", copy.folder());
    copy.edit("model_index.json", text -> text.replace("\"DDPMScheduler\"", "\"DDIMScheduler\""));
    HostTensor.Floats byModel = runAs("DDPMPipeline", copy.folder());

    assertThat(byPipeline.values()).isEqualTo(byModel.values()).isNotEqualTo(byDdpm.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "negative_original_size",
        "negative_crops_coords_top_left",
        "crops_coords_top_left"
      })
  void sizesOfARefinersCall_countOneByOne(String argument) throws Exception {
    HostTensor.Floats picture =
        run("pipe-sdxl-refiner", call -> call.set(argument, call.arrayNode().add(8).add(4)));

    assertThat(worst(picture, recorded("pipe-sdxl-refiner"))).isGreaterThan(1e-3);
  }

  @Test
  void negativeSizeOfABaseModelsCall_countsOnlyWithTheOther() throws Exception {
    HostTensor.Floats half =
        run(
            "pipe-sdxl",
            call -> call.set("negative_original_size", call.arrayNode().add(8).add(4)));
    HostTensor.Floats whole =
        run(
            "pipe-sdxl",
            call -> {
              call.set("negative_original_size", call.arrayNode().add(8).add(4));
              call.set("negative_target_size", call.arrayNode().add(8).add(4));
            });

    assertThat(worst(half, recorded("pipe-sdxl"))).isLessThan(1e-4);
    assertThat(worst(whole, recorded("pipe-sdxl"))).isGreaterThan(1e-3);
  }

  private static double worst(HostTensor.Floats actual, HostTensor.Floats expected) {
    return new Reference("picture", expected.values(), expected.shape()).compare(actual, 0).error();
  }
}
