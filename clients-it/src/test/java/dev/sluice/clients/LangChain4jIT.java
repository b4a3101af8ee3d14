package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.image.ImageModel;
import dev.langchain4j.model.openai.OpenAiImageModel;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LangChain4j's image model. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@ExtendWith(SharedSluice.class)
class LangChain4jIT {

  private final SharedSluice.Door door;

  LangChain4jIT(SharedSluice.Door door) {
    this.door = door;
  }

  private ImageModel model(String name) {
    return OpenAiImageModel.builder().baseUrl(door.url()).apiKey("none").modelName(name).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-image-1", "dall-e-3", "shapes-unclip"})
  void generate_makesAPicture(String name) throws Exception {
    Image image = model(name).generate("a large red circle").content();

    if (image.base64Data() != null) {
      assertThat(Pictures.read(image.base64Data()).getWidth()).isEqualTo(64);
    } else {
      try (InputStream picture = image.url().toURL().openStream()) {
        assertThat(Pictures.read(picture.readAllBytes()).getWidth()).isEqualTo(64);
      }
    }
  }

  @Test
  void generate_makesSeveralPictures() {
    List<Image> images = model("gpt-image-1").generate("a small blue star", 2).content();

    assertThat(images).hasSize(2);
  }
}
