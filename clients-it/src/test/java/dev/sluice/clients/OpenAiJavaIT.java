package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.images.Image;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import com.openai.models.models.Model;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own client for Java. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class OpenAiJavaIT {

  private final OpenAIClient client;

  OpenAiJavaIT(SharedSluice.Door door) {
    client = OpenAIOkHttpClient.builder().baseUrl(door.url()).apiKey("none").build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static List<Image> data(ImagesResponse response) {
    return response.data().orElseThrow();
  }

  private static MultipartField<InputStream> file(String name, byte[] content) {
    return MultipartField.<InputStream>builder()
        .value(new ByteArrayInputStream(content))
        .contentType("image/png")
        .filename(name)
        .build();
  }

  @Test
  void generate_makesPicturesUnderANameFromElsewhere() throws Exception {
    ImagesResponse response =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model("gpt-image-1")
                    .prompt("a large red circle")
                    .n(2L)
                    .size(ImageGenerateParams.Size._1024X1024)
                    .quality(ImageGenerateParams.Quality.HIGH)
                    .background(ImageGenerateParams.Background.AUTO)
                    .user("someone")
                    .build());

    assertThat(data(response)).hasSize(2);
    BufferedImage image = Pictures.read(data(response).get(0).b64Json().orElseThrow());
    assertThat(image.getWidth()).isEqualTo(64);
    assertThat(response.created()).isPositive();
  }

  @Test
  void generate_givesAddressesOfPictures() throws Exception {
    ImagesResponse response =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model("dall-e-3")
                    .prompt("a small blue square")
                    .style(ImageGenerateParams.Style.VIVID)
                    .build());

    String url = data(response).get(0).url().orElseThrow();
    try (InputStream picture = URI.create(url).toURL().openStream()) {
      assertThat(Pictures.read(picture.readAllBytes()).getWidth()).isEqualTo(64);
    }
  }

  @Test
  void generate_streamsPartialImages() throws Exception {
    int partials = 0;
    BufferedImage completed = null;
    try (StreamResponse<ImageGenStreamEvent> stream =
        client
            .images()
            .generateStreaming(
                ImageGenerateParams.builder()
                    .model("gpt-image-1")
                    .prompt("a large green star")
                    .partialImages(2L)
                    .build())) {
      for (ImageGenStreamEvent event : (Iterable<ImageGenStreamEvent>) stream.stream()::iterator) {
        if (event.isGenerationPartialImage()) {
          assertThat(event.asGenerationPartialImage().partialImageIndex()).isEqualTo(partials++);
          Pictures.read(event.asGenerationPartialImage().b64Json());
        } else {
          completed = Pictures.read(event.asGenerationCompleted().b64Json());
        }
      }
    }
    assertThat(partials).isBetween(1, 2);
    assertThat(completed).isNotNull();
    assertThat(completed.getWidth()).isEqualTo(64);
  }

  @Test
  void edit_paintsWhereTheMaskIsTransparent() throws Exception {
    byte[] given = Pictures.colorful(16);

    ImagesResponse response =
        client
            .images()
            .edit(
                ImageEditParams.builder()
                    .model("pipe-ddpm")
                    .image(
                        MultipartField.<ImageEditParams.Image>builder()
                            .value(
                                ImageEditParams.Image.ofInputStream(
                                    new ByteArrayInputStream(given)))
                            .contentType("image/png")
                            .filename("given.png")
                            .build())
                    .mask(file("mask.png", Pictures.maskOfTheRight(16)))
                    .prompt("")
                    .build());

    BufferedImage before = Pictures.read(given);
    BufferedImage after = Pictures.read(data(response).get(0).b64Json().orElseThrow());
    int changed = 0;
    for (int i = 0; i < 256; i++) {
      int x = i % 16;
      int y = i / 16;
      if (x < 8) {
        assertThat(after.getRGB(x, y)).isEqualTo(before.getRGB(x, y));
      } else if (after.getRGB(x, y) != before.getRGB(x, y)) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(100);
  }

  @Test
  void createVariation_makesOtherPictures() throws Exception {
    byte[] given =
        Pictures.png(64, (x, y) -> Math.hypot(x - 32, y - 32) < 24 ? 0xffd02020 : 0xffffffff);

    ImagesResponse response =
        client
            .images()
            .createVariation(
                ImageCreateVariationParams.builder()
                    .model("dall-e-2")
                    .image(file("given.png", given))
                    .n(2L)
                    .responseFormat(ImageCreateVariationParams.ResponseFormat.B64_JSON)
                    .build());

    assertThat(data(response)).hasSize(2);
    assertThat(Pictures.read(data(response).get(1).b64Json().orElseThrow()).getWidth())
        .isEqualTo(64);
  }

  @Test
  void models_areListedAndFound() {
    assertThat(client.models().list().data())
        .extracting(Model::id)
        .contains("shapes-unclip", "pipe-sd");
    Model model = client.models().retrieve("shapes-unclip").validate();
    assertThat(model.created()).isPositive();
    assertThat(model.ownedBy()).isEqualTo("sluice");
    assertThat(client.models().retrieve("gpt-image-1").id()).isEqualTo("gpt-image-1");
    assertThatThrownBy(() -> client.models().retrieve("none-such"))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
  }

  @Test
  void errors_areTheClientsOwn() {
    assertThatThrownBy(
            () ->
                client
                    .images()
                    .generate(
                        ImageGenerateParams.builder()
                            .model("shapes-unclip")
                            .prompt("x")
                            .size(ImageGenerateParams.Size.of("63x63"))
                            .build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.param()).contains("size");
              assertThat(e.type()).contains("invalid_request_error");
              assertThat(e.code()).contains("invalid_argument");
              assertThat(e.headers().values("x-request-id")).singleElement();
            });
  }
}
