package dev.sluice.bench.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.bench.published.Component.WeightedNetwork;
import dev.sluice.safetensors.TensorSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedModelTest {

  @ParameterizedTest
  @CsvSource({
    "sd15, text_encoder, 123060480",
    "sd15, unet, 859520964",
    "sd15, vae, 83653863",
    "sd21, text_encoder, 340387840",
    "sd21, unet, 865910724",
    "sdxl, text_encoder_2, 694659840",
    "sdxl, unet, 2567463684",
    "sd3-medium, text_encoder, 123650304",
    "sd3-medium, text_encoder_3, 4762310656",
  })
  void weightedNetwork_hasThePublishedNumberOfParameters(
      String model, String component, long expected) {
    assertThat(parameters(model, component)).isEqualTo(expected);
  }

  /** Where cards and papers give a rounded number, in millions. */
  @ParameterizedTest
  @CsvSource({
    "sdxl-refiner, unet, 2260, 10",
    "sd3-medium, transformer, 2080, 10",
    "karlo, prior, 1000, 50",
    "karlo, decoder, 900, 50",
    "karlo, super_res_first, 700, 50",
    "kandinsky22, unet, 1250, 10",
    "kandinsky22, movq, 67, 1",
    "deepfloyd-if, unet, 4300, 10",
    "deepfloyd-if-2, unet, 450, 10",
    "x4-upscaler, unet, 473, 1",
  })
  void weightedNetwork_hasAboutThePublishedNumberOfParameters(
      String model, String component, long millions, long tolerance) {
    assertThat(parameters(model, component) / 1e6)
        .isBetween((double) millions - tolerance, (double) millions + tolerance);
  }

  @Test
  void ditXl_storesTheTimestepEmbedderOncePerBlockAsDiffusersDoes() {
    long embedder = 256 * 1152 + 1152 + 1152 * 1152 + 1152 + 1001 * 1152;
    // The paper's network with its fixed positions, which are not stored.
    long paper = 675_129_632L - 256 * 1152;

    assertThat(parameters("dit-xl", "transformer")).isEqualTo(paper + 27 * embedder);
  }

  @Test
  void named_tellsTheNamesThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PublishedModel.named("sd16"))
        .withMessageContaining("no checkpoint sd16; known: sd15, sd21, sdxl");
  }

  private static long parameters(String model, String component) {
    Component found =
        PublishedModel.named(model).folders().values().stream()
            .map(pipeline -> pipeline.components().get(component))
            .findFirst()
            .orElseThrow();
    return CheckpointWriter.tensors((WeightedNetwork) found).values().stream()
        .mapToLong(TensorSpec::elements)
        .sum();
  }
}
