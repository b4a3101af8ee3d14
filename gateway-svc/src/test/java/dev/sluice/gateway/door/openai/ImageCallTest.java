package dev.sluice.gateway.door.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.planning.request.RequestException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageCallTest {

  private static final ModelAliases ALIASES =
      new ModelAliases(
          List.of("dall-e-3", "gpt-image-1 = pipe-sd", "pipe-ddpm=pipe-sd"),
          new ModelCatalog(Path.of(System.getProperty("sluice.goldens"))));

  private static ImageCall of(Kind kind, String body) {
    return ImageCall.of(kind, RequestJson.object(body.getBytes(StandardCharsets.UTF_8)), ALIASES);
  }

  private static String png(int type) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(4, 4, type), "png", file);
    return Base64.getEncoder().encodeToString(file.toByteArray());
  }

  @Test
  void of_keepsOurOwnFieldsStrict() {
    assertThatThrownBy(() -> of(Kind.GENERATION, "{\"prompt\": \"x\", \"qualty\": \"hd\"}"))
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("Did you mean quality?");
  }

  @ParameterizedTest
  @CsvSource({
    // model, the model meant, whether its name is one from elsewhere, whether links are usual
    "dall-e-3, '', true, true",
    "gpt-image-1, pipe-sd, true, false",
    "pipe-ddpm, pipe-ddpm, false, false",
    "none-such, none-such, false, false",
    "'', '', false, false"
  })
  void of_readsNamesOfModelsElsewhere(String model, String meant, boolean alias, boolean links) {
    ImageCall call = of(Kind.GENERATION, "{\"prompt\": \"x\", \"model\": \"%s\"}".formatted(model));

    assertThat(call.request().getModel()).isEqualTo(meant);
    assertThat(call.byAlias()).isEqualTo(alias);
    assertThat(call.asLink()).isEqualTo(links);
  }

  @Test
  void of_answersAsTheRequestSays() {
    assertThat(
            of(
                    Kind.GENERATION,
                    "{\"prompt\":\"x\",\"model\":\"dall-e-3\",\"response_format\":\"b64_json\"}")
                .asLink())
        .isFalse();
    assertThat(of(Kind.GENERATION, "{\"prompt\":\"x\",\"response_format\":\"url\"}").asLink())
        .isTrue();
  }

  @Test
  void of_asksForAsManyPreviewsAsThereArePartialImages() {
    assertThat(
            of(Kind.GENERATION, "{\"prompt\": \"x\", \"stream\": true, \"partial_images\": 2}")
                .request()
                .getPreviews())
        .isEqualTo(2);
    assertThat(
            of(
                    Kind.GENERATION,
                    "{\"stream\": true, \"partial_images\": 2, \"preview_every_steps\": 5}")
                .request())
        .isEqualTo(GenerationRequest.newBuilder().setPreviewEverySteps(5).build());
  }

  @Test
  void of_takesTheHolesOfAnImageForTheMaskThatIsMissing() throws IOException {
    String clear = png(BufferedImage.TYPE_INT_ARGB);
    String opaque = png(BufferedImage.TYPE_INT_RGB);

    ImageCall holes = of(Kind.EDIT, "{\"prompt\": \"x\", \"image\": \"%s\"}".formatted(clear));
    ImageCall none = of(Kind.EDIT, "{\"prompt\": \"x\", \"image\": \"%s\"}".formatted(opaque));

    assertThat(holes.request().getMask()).isEqualTo(holes.request().getImage());
    assertThat(holes.warnings()).singleElement().asString().contains("transparent places");
    assertThat(none.request().getMask()).isEmpty();
    assertThat(none.warnings()).isEmpty();
  }

  @Test
  void of_makesAVariationOne() throws IOException {
    ImageCall call =
        of(Kind.VARIATION, "{\"image\": \"%s\"}".formatted(png(BufferedImage.TYPE_INT_RGB)));

    assertThat(call.request().getVariation()).isTrue();
  }

  @Test
  void of_refusesAnEditOfNothing() {
    assertThatThrownBy(() -> of(Kind.EDIT, "{\"prompt\": \"x\"}"))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo("image"));
  }
}
