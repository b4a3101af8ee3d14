package dev.sluice.launcher.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelChoiceTest {

  @TempDir private Path folder;

  private Path shipped;
  private Path own;

  @BeforeEach
  void models() throws IOException {
    shipped = folder.resolve("shipped");
    own = folder.resolve("own");
    model(shipped.resolve("shapes"), "UnCLIPPipeline");
    model(own.resolve("sd15"), "StableDiffusionPipeline");
  }

  private static Path model(Path model, String pipeline) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("model_index.json"), "{\"_class_name\": \"%s\"}".formatted(pipeline));
    return model;
  }

  @Test
  void name_isServedByTheInstanceWhoseFolderHoldsIt() {
    ModelChoice choice = ModelChoice.of("sd15");

    assertThat(choice.isServedFrom(own, shipped)).isTrue();
    assertThat(choice.isServedFrom(folder, shipped)).isFalse();
  }

  @Test
  void name_ofAShippedModelHasItsOwnInstanceBesideOneOfOtherModels() {
    ModelChoice choice = ModelChoice.of("shapes");

    assertThat(choice.isServedFrom(own, shipped)).isFalse();
    assertThat(choice.alone(shipped)).isEqualTo(Map.of("shapes", shipped.resolve("shapes")));
  }

  @Test
  void name_thatNoModelHasIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> ModelChoice.of("sd15").alone(shipped))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("no model sd15")
        .hasMessageContaining("shapes");
  }

  @Test
  void noName_meansTheModelsThatShip() {
    ModelChoice choice = ModelChoice.of("");

    assertThat(choice.isServedFrom(shipped, shipped)).isTrue();
    assertThat(choice.isServedFrom(own, shipped)).isFalse();
    assertThat(choice.alone(shipped)).isEmpty();
  }

  @Test
  void folder_isServedByTheInstanceOfTheFolderAroundIt() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), own);
    ModelChoice choice = ModelChoice.of(own.resolve("sd15").toString());

    assertThat(choice.name()).isEqualTo("sd15");
    assertThat(choice.isServedFrom(link, shipped)).isTrue();
    assertThat(choice.isServedFrom(shipped, shipped)).isFalse();
  }

  @Test
  void folder_isServedAloneWhateverLiesBeside() throws IOException {
    model(own.resolve("other"), "StableDiffusionPipeline");

    assertThat(ModelChoice.of(own.resolve("sd15").toString()).alone(shipped))
        .isEqualTo(Map.of("sd15", own.resolve("sd15")));
  }

  @Test
  void folder_isServedWithTheModelsThatTheRequestNames() throws IOException {
    Path refiner = model(own.resolve("refiner"), "StableDiffusionXLImg2ImgPipeline");
    String sd15 = own.resolve("sd15").toString();

    assertThat(ModelChoice.of(sd15, "refiner", null).alone(shipped))
        .isEqualTo(Map.of("sd15", own.resolve("sd15"), "refiner", refiner));
    assertThatThrownBy(() -> ModelChoice.of(sd15, "missing").alone(shipped))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("no model missing beside");
  }

  @Test
  void folder_ofHalfAModelIsServedWithTheOtherHalvesBeside() throws IOException {
    Path decoder = model(own.resolve("decoder"), "KandinskyV22Pipeline");
    Path prior = model(own.resolve("prior"), "KandinskyV22PriorPipeline");

    assertThat(ModelChoice.of(decoder.toString()).alone(shipped))
        .isEqualTo(Map.of("decoder", decoder, "prior", prior));
    assertThat(ModelChoice.of(prior.toString()).alone(shipped)).isEqualTo(Map.of("prior", prior));
  }

  @Test
  void folder_whoseNameNoRequestCanHaveGetsAnother() throws IOException {
    Path odd = model(own.resolve(".my model (v2)"), "StableDiffusionPipeline");
    ModelChoice choice = ModelChoice.of(odd.toString());

    assertThat(choice.name()).isEqualTo("my-model-v2-");
    assertThat(choice.isServedFrom(own, shipped)).isFalse();
    assertThat(choice.alone(shipped)).isEqualTo(Map.of("my-model-v2-", odd));
  }

  @Test
  void folder_withoutAnIndexIsRefused() {
    assertThatThrownBy(() -> ModelChoice.of(folder.toString()))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("model_index.json");
  }
}
