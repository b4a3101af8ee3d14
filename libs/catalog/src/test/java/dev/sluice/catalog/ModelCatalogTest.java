package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  @TempDir private Path folder;
  private ModelCatalog catalog;

  @BeforeEach
  void makeCatalog() throws IOException {
    Files.createDirectories(folder.resolve("models/not-a-model"));
    catalog = new ModelCatalog(folder.resolve("models"));
  }

  private Path write(String model, String index) throws IOException {
    Path file = folder.resolve(model).resolve(ModelFolder.INDEX);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, index);
  }

  @Test
  void open_findsAModelByItsFolder() {
    ModelFolder model = new ModelCatalog(GOLDENS).open("pipe-unclip");

    assertThat(model.name()).isEqualTo("pipe-unclip");
    assertThat(model.pipeline()).isEqualTo(PipelineClass.UNCLIP);
    assertThat(model.config("decoder").integer("sample_size")).isEqualTo(16);
    assertThat(model.scheduler("prior_scheduler").className()).isEqualTo("UnCLIPScheduler");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../outside", "a/b", "/etc", "not-a-model", "a\0b", "-x"})
  void open_findsNothingButFoldersRightHere(String name) throws IOException {
    write("outside", "{\"_class_name\": \"UnCLIPPipeline\"}");
    write("models/a/b", "{\"_class_name\": \"UnCLIPPipeline\"}");

    assertThatThrownBy(() -> catalog.open(name))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("there is no model \"" + name + "\"");
  }

  @Test
  void whatIsNotOfferedIsNotThere() {
    ModelCatalog some =
        new ModelCatalog(GOLDENS, name -> name.equals("pipe-sd"), ComponentCheck.NONE);

    assertThat(some.names()).containsExactly("pipe-sd");
    assertThat(some.inspect()).extracting(ModelInspection::name).containsExactly("pipe-sd");
    assertThat(some.open("pipe-sd").name()).isEqualTo("pipe-sd");
    assertThatThrownBy(() -> some.open("pipe-unclip"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("there are: pipe-sd");
  }

  @Test
  void open_namesThePipelineClassesThatCanBeServed() throws IOException {
    write("models/novel", "{\"_class_name\": \"NovelPipeline\"}");

    assertThat(catalog.names()).containsExactly("novel");
    assertThatThrownBy(() -> catalog.open("novel"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model_index.json")
        .hasMessageContaining("NovelPipeline")
        .hasMessageContaining("UnCLIPPipeline");
  }

  @Test
  void open_namesTheComponentsThatAreMissing() throws IOException {
    write(
        "models/torso",
        "{\"_class_name\": \"UnCLIPPipeline\", \"prior\": [null, null],"
            + " \"decoder\": [\"diffusers\", \"UNet2DConditionModel\"]}");

    assertThatThrownBy(() -> catalog.open("torso"))
        .hasMessageContaining("prior")
        .hasMessageContaining("text_encoder")
        .hasMessageContaining("given: [decoder]");
  }

  @Test
  void open_reportsAnIndexThatIsNotJson() throws IOException {
    write("models/torn", "{\"_class_name\": ");

    assertThatThrownBy(() -> catalog.open("torn"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unpacked/karlo", "cached/snapshots/1a2b"})
  void open_saysWhereTheIndexOfAFolderWithoutOneIs(String place) throws IOException {
    write("models/" + place, "{\"_class_name\": \"UnCLIPPipeline\"}");
    int slash = place.indexOf('/');

    assertThatThrownBy(() -> catalog.open(place.substring(0, slash)))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("it has no model_index.json")
        .hasMessageContaining("there is one in its folder " + place.substring(slash + 1) + ":");
  }

  @Test
  void open_saysWhichModelAndFileAreAtFault() throws IOException {
    Path broken = folder.resolve("models/broken");
    copy(GOLDENS.resolve("pipe-unclip"), broken);
    Files.delete(broken.resolve("prior/diffusion_pytorch_model.safetensors"));

    assertThatThrownBy(() -> catalog.open("broken"))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("broken")
        .hasMessageContaining("prior")
        .hasMessageContaining("no weights here");
  }

  @Test
  void open_forgetsWhatAnInterruptedThreadCouldNotRead() throws IOException {
    copy(GOLDENS.resolve("pipe-unclip"), folder.resolve("models/good"));

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> catalog.open("good")).isInstanceOf(UnusableModelException.class);
    assertThat(Thread.interrupted()).isTrue();

    assertThat(catalog.open("good").name()).isEqualTo("good");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
