package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.image.Image;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.openai.OpenAiImageModel;
import org.springframework.ai.openai.OpenAiImageOptions;

/** Spring AI's image model. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class SpringAiIT {

  private final SharedSluice.Door door;

  SpringAiIT(SharedSluice.Door door) {
    this.door = door;
  }

  private OpenAiImageOptions.Builder options() {
    OpenAiImageOptions.Builder options = OpenAiImageOptions.builder();
    options.baseUrl(door.url()).apiKey("none");
    return options;
  }

  private static ImageModel model(OpenAiImageOptions options) {
    return OpenAiImageModel.builder().options(options).build();
  }

  private static int width(Image image) throws Exception {
    if (image.getB64Json() != null) {
      return Pictures.read(image.getB64Json()).getWidth();
    }
    try (InputStream picture = URI.create(image.getUrl()).toURL().openStream()) {
      return Pictures.read(picture.readAllBytes()).getWidth();
    }
  }

  /** With the model that Spring AI chooses by itself. */
  @Test
  void call_makesAPicture() throws Exception {
    Image image =
        model(options().build())
            .call(new ImagePrompt("a large red circle"))
            .getResult()
            .getOutput();

    assertThat(width(image)).isEqualTo(64);
  }

  @Test
  void call_takesTheOptionsThatSpringAiKnows() throws Exception {
    OpenAiImageOptions.Builder options =
        options()
            .n(2)
            .responseFormat("b64_json")
            .width(1024)
            .height(1024)
            .style("vivid")
            .quality("hd")
            .user("someone");
    options.model("dall-e-3");

    List<ImageGeneration> results =
        model(options.build()).call(new ImagePrompt("a small blue star")).getResults();

    assertThat(results).hasSize(2);
    assertThat(width(results.get(1).getOutput())).isEqualTo(64);
  }
}
