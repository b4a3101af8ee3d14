package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders in which a component was replaced by another model's. */
class ComponentFitTest {

  @TempDir private Path models;

  static List<Path> wholeModels() throws IOException {
    try (Stream<Path> recorded = Files.list(Path.of(System.getProperty("sluice.goldens")));
        Stream<Path> shipped = Files.list(Path.of(System.getProperty("sluice.models")))) {
      return Stream.concat(recorded, shipped)
          .filter(folder -> Files.isRegularFile(folder.resolve(ModelFolder.INDEX)))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("wholeModels")
  void componentsOfOneModel_fit(Path folder) {
    assertThat(ComponentFit.problems(ModelFolder.open(folder))).isEmpty();
  }

  /** What the replaced component says of itself. */
  @ParameterizedTest
  @CsvSource({
    "pipe-sd, text_encoder, hidden_size, unet: cross_attention_dim is 16; hidden_size of text_encoder is 99",
    "pipe-sd, vae, latent_channels, unet: in_channels is 4; latent_channels of vae is 99",
    "pipe-sd, unet, in_channels, unet: in_channels is 99; latent_channels of vae is 4",
    "pipe-sd, unet, cross_attention_dim, unet: cross_attention_dim is 99; hidden_size of text_encoder is 16",
    "pipe-sd-x4-upscaler, vae, latent_channels, unet: in_channels is 7; latent_channels of vae is 99",
    "pipe-sdxl, text_encoder_2, hidden_size, unet: cross_attention_dim is 36; hidden_size of text_encoder and hidden_size of text_encoder_2 together is 115",
    "pipe-sdxl, text_encoder_2, projection_dim, unet: projection_class_embeddings_input_dim is 68; projection_dim of text_encoder_2 and 6 times addition_time_embed_dim together is 147",
    "pipe-sdxl-refiner, text_encoder_2, hidden_size, unet: cross_attention_dim is 20; hidden_size of text_encoder_2 is 99",
    "pipe-sdxl-refiner, text_encoder_2, projection_dim, unet: projection_class_embeddings_input_dim is 50; projection_dim of text_encoder_2 and 5 times addition_time_embed_dim together is 129",
    "pipe-sd3, text_encoder_3, d_model, transformer: joint_attention_dim is 40; d_model of text_encoder_3 is 99",
    "pipe-sd3, text_encoder, hidden_size, transformer: joint_attention_dim is 40; hidden_size of text_encoder and hidden_size of text_encoder_2 together is 119",
    "pipe-sd3, text_encoder, projection_dim, transformer: pooled_projection_dim is 36; projection_dim of text_encoder and projection_dim of text_encoder_2 together is 119",
    "pipe-sd3, vae, latent_channels, transformer: in_channels is 16; latent_channels of vae is 99",
    "pipe-dit, vae, latent_channels, transformer: in_channels is 4; latent_channels of vae is 99",
    "pipe-if, text_encoder, d_model, unet: encoder_hid_dim is 24; d_model of text_encoder is 99",
    "pipe-if-superres, text_encoder, d_model, unet: encoder_hid_dim is 24; d_model of text_encoder is 99",
    "pipe-unclip, prior, embedding_dim, prior: embedding_dim is 99; hidden_size of text_encoder is 16",
    "pipe-unclip, text_proj, clip_embeddings_dim, text_proj: clip_embeddings_dim is 99; hidden_size of text_encoder is 16",
    "pipe-unclip, decoder, cross_attention_dim, decoder: cross_attention_dim is 99; cross_attention_dim of text_proj is 20",
    "pipe-unclip-image-variation, image_encoder, projection_dim, text_proj: clip_embeddings_dim is 16; projection_dim of image_encoder is 99",
    "pipe-kandinsky22-prior, image_encoder, projection_dim, prior: embedding_dim is 16; projection_dim of image_encoder is 99",
    "pipe-kandinsky22-decoder, movq, vq_embed_dim, unet: in_channels is 4; vq_embed_dim of movq is 99"
  })
  void anotherModelsComponent_isToldByTheWidthsThatDiffer(
      String golden, String component, String key, String told) throws IOException {
    ModelCopy copy = ModelCopy.of(golden, models.resolve("mixed"));
    copy.edit(component + "/config.json", config -> config.put(key, 99));

    String[] taken = told.split(": |; ");
    assertThat(ComponentFit.problems(ModelFolder.open(copy.folder())))
        .contains(
            "%s/config.json: %s, but %s: one of them is another model's"
                .formatted(taken[0], taken[1], taken[2]));
  }

  @Test
  void whatAConfigLeavesToItsClass_isNotJudged() throws IOException {
    ModelCopy copy = ModelCopy.of("pipe-sd", models.resolve("sparse"));
    copy.edit("text_encoder/config.json", config -> config.remove("hidden_size"));
    copy.edit("vae/config.json", config -> config.remove("latent_channels"));

    assertThat(ComponentFit.problems(ModelFolder.open(copy.folder()))).isEmpty();
  }

  @Test
  void aNetworkThatPaintsIntoPictures_seesTheMaskAndWhatIsAround() throws IOException {
    ModelCopy copy = ModelCopy.of("pipe-sd", models.resolve("painting"));
    copy.edit("unet/config.json", config -> config.put("in_channels", 9));

    assertThat(ComponentFit.problems(ModelFolder.open(copy.folder()))).isEmpty();
  }

  @Test
  void inspectionAndLoading_sayTheSame() throws IOException {
    ModelCopy copy = ModelCopy.of("pipe-dit", models.resolve("mixed"));
    copy.edit("vae/config.json", config -> config.put("latent_channels", 16));

    List<String> problems = copy.inspect().problems();

    assertThat(problems).hasSize(1);
    assertThatThrownBy(() -> ModelFolder.open(copy.folder()).load(folder -> "loaded"))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining(problems.get(0));
  }
}
