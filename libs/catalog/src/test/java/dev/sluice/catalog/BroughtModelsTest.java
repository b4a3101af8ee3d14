package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models as people have them: laid out in older ways, fetched by half, edited by hand. */
class BroughtModelsTest {

  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3438354725\n";

  @TempDir private Path models;
  private ModelCopy model;

  @BeforeEach
  void copy() throws IOException {
    model = ModelCopy.of("pipe-sd", models.resolve("sd"));
  }

  private void assertServed() {
    assertThat(model.inspect().problems()).isEmpty();
    assertThat(model.inspect().notes()).isEmpty();
  }

  private void assertProblem(String... parts) {
    assertThat(model.inspect().problems())
        .anySatisfy(problem -> assertThat(problem).contains(parts))
        .allSatisfy(problem -> assertThat(problem).doesNotContain(models.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet/diffusion_pytorch_model.safetensors",
        "unet/config.json",
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer_config.json"
      })
  void filesThatWereNotFetched_areToldByWhatIsThereInstead(String file) throws IOException {
    model.write(file, POINTER);
    assertProblem(file, "Git LFS pointer", "git lfs pull");

    model.write(file, "");
    assertProblem(file, "empty");

    model.write(file, "<!DOCTYPE html><html><body>Sign in</body></html>");
    assertProblem(file, "web page");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet/diffusion_pytorch_model.safetensors",
        "unet/config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt"
      })
  void filesThatAreCutShort_areFound(String file) throws IOException {
    byte[] whole = Files.readAllBytes(model.file(file));
    Files.write(model.file(file), Arrays.copyOf(whole, whole.length * 3 / 4));

    assertProblem(file);
  }

  @Test
  void aVocabularyThatIsCutShort_isFound() throws IOException {
    model.edit(
        "tokenizer/vocab.json",
        words -> {
          List<String> all = new ArrayList<>();
          words.fieldNames().forEachRemaining(all::add);
          words.remove(all.subList(100, all.size()));
        });

    assertProblem("tokenizer/merges.txt: merges make ", "words that the vocabulary does not have");
  }

  @Test
  void mergesThatLackOnlyTheirLastLine_areFound() throws IOException {
    List<String> lines = Files.readAllLines(model.file("tokenizer/merges.txt"));
    Files.write(model.file("tokenizer/merges.txt"), lines.subList(0, lines.size() - 1));

    assertProblem("tokenizer/merges.txt", "no merge makes 1 of the 574 words");
  }

  @Test
  void sentencePiecesThatWereNotFetched_areTold() throws IOException {
    model = ModelCopy.of("pipe-if", models.resolve("if"));
    model.write("tokenizer/spiece.model", POINTER);

    assertProblem("tokenizer/spiece.model", "Git LFS pointer");
  }

  @Test
  void tokensBeyondTheTextEncodersTable_areFound() throws IOException {
    model.write("tokenizer/added_tokens.json", "{\"<cat-toy>\": 574}");
    model.edit("tokenizer/tokenizer_config.json", config -> config.remove("added_tokens_decoder"));
    assertProblem("tokenizer", "<cat-toy>", "574", "0 to 573");

    model.edit("text_encoder/config.json", config -> config.put("vocab_size", 575));
    assertServed();
  }

  @Test
  void classNamesThatAreLists_areRead() throws IOException {
    model.edit(
        "model_index.json",
        index -> index.putArray("_class_name").add("x").add("LatentConsistencyModelPipeline"));
    model.edit(
        "unet/config.json",
        config -> config.putArray("_class_name").add("x").add("UNet2DConditionModel"));
    model.edit(
        "scheduler/scheduler_config.json",
        config -> config.putArray("_class_name").add("x").add("PNDMScheduler"));

    assertServed();
    assertThat(model.inspect().kind()).isEqualTo("LatentConsistencyModelPipeline");
    assertThat(ModelFolder.open(model.folder()).scheduler("scheduler").className())
        .isEqualTo("PNDMScheduler");
  }

  @Test
  void flatCheckpoints_areReadFromTheirOwnFolder() throws IOException {
    model = ModelCopy.of("pipe-ddpm", models.resolve("flat"));
    for (String component : List.of("unet", "scheduler")) {
      try (Stream<Path> files = Files.list(model.file(component))) {
        for (Path file : files.toList()) {
          Files.move(file, model.file(file.getFileName().toString()));
        }
      }
      Files.delete(model.file(component));
    }

    assertServed();
    ModelFolder flat = ModelFolder.open(model.folder());
    assertThat(flat.component("unet")).isEqualTo(model.folder());
    assertThat(flat.scheduler("scheduler").className()).isEqualTo("DDPMScheduler");
    assertThat(flat.sampleSize()).isEqualTo(new SampleSize(16, 16, 1));
  }

  @Test
  void componentsByThemselves_areToldHowToBeLaidOut() throws IOException {
    Path alone = models.resolve("alone");
    Files.move(model.file("unet"), alone);

    assertThat(new ModelCatalog(models).inspect())
        .filteredOn(found -> found.name().equals("alone"))
        .singleElement()
        .satisfies(
            found ->
                assertThat(found.problems())
                    .singleElement()
                    .asString()
                    .contains("model_index.json", "UNet2DConditionModel", "by itself"));
  }

  @ParameterizedTest
  @CsvSource({
    "pipe-sd, unet, 64",
    "pipe-sdxl, unet, 128",
    "pipe-sd3, transformer, 128",
    "pipe-dit, transformer, 32"
  })
  void modelsThatDoNotSayTheirSize_haveTheUsualOneOfTheirFamily(
      String golden, String denoiser, int usual) throws IOException {
    model = ModelCopy.of(golden, models.resolve("sizeless"));
    String config = denoiser + "/config.json";
    for (String size : List.of("null", "[]")) {
      model.write(config, withSize(Files.readString(model.file(config)), size));
      SampleSize found = ModelFolder.open(model.folder()).sampleSize();
      assertThat(List.of(found.height(), found.width())).as(size).containsOnly(usual);
    }
    model.edit(config, json -> json.remove("sample_size"));
    assertThat(ModelFolder.open(model.folder()).sampleSize().height()).isEqualTo(usual);
  }

  private static String withSize(String config, String size) {
    return config.replaceFirst(
        "\"sample_size\": *(\\[[^]]*]|[^,}\\s]+)", "\"sample_size\": " + size);
  }

  @Test
  void sizes_areOneNumberOrHeightAndWidth() throws IOException {
    for (String size : List.of("24", "[24]", "[24, 24]")) {
      model.write(
          "unet/config.json", withSize(Files.readString(model.file("unet/config.json")), size));
      assertThat(ModelFolder.open(model.folder()).sampleSize().width()).as(size).isEqualTo(24);
    }
    model.write(
        "unet/config.json", withSize(Files.readString(model.file("unet/config.json")), "[24, 40]"));
    assertThat(ModelFolder.open(model.folder()).sampleSize().pixelHeight()).isEqualTo(192);
    assertThat(ModelFolder.open(model.folder()).sampleSize().pixelWidth()).isEqualTo(320);
    for (String size : List.of("0", "[1, 2, 3]", "\"64\"")) {
      model.write(
          "unet/config.json", withSize(Files.readString(model.file("unet/config.json")), size));
      assertProblem("unet/config.json", "sample_size");
    }
  }

  @Test
  void pixelModelsThatDoNotSayTheirSize_areRefused() throws IOException {
    model = ModelCopy.of("pipe-ddpm", models.resolve("ddpm"));
    model.edit("unet/config.json", config -> config.putNull("sample_size"));

    assertProblem("unet/config.json", "sample_size is not given", "height and width");
  }

  @Test
  void schedulersThatAreNotKnown_areNotedWithTheSamplersToAskFor() throws IOException {
    for (String file : List.of("model_index.json", "scheduler/scheduler_config.json")) {
      model.write(file, Files.readString(model.file(file)).replace("PNDMSch", "NovelSch"));
    }

    ModelInspection inspection = model.inspect();
    assertThat(inspection.problems()).isEmpty();
    assertThat(inspection.notes())
        .singleElement()
        .asString()
        .contains("scheduler/scheduler_config.json", "NovelScheduler", "EulerDiscreteScheduler");
  }

  @Test
  void theIndexSaysOfWhichClassASchedulerIs() throws IOException {
    model.write(
        "model_index.json",
        Files.readString(model.file("model_index.json"))
            .replace("PNDMScheduler", "EulerDiscreteScheduler"));

    assertThat(ModelFolder.open(model.folder()).scheduler("scheduler").className())
        .isEqualTo("EulerDiscreteScheduler");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void jsonWithAByteOrderMark_isRead(String encoding) throws IOException {
    for (String file : List.of("model_index.json", "unet/config.json", "tokenizer/vocab.json")) {
      String marked = "\uFEFF" + Files.readString(model.file(file), StandardCharsets.UTF_8);
      Files.write(model.file(file), marked.getBytes(Charset.forName(encoding)));
    }

    assertServed();
  }

  @Test
  void linkedFolders_areModels(@TempDir Path blobs) throws IOException {
    Path weights = model.file("unet/diffusion_pytorch_model.safetensors");
    Files.move(weights, blobs.resolve("0a1b2c"));
    Files.createSymbolicLink(weights, blobs.resolve("0a1b2c"));
    Files.move(model.file("vae"), blobs.resolve("vae"));
    Files.createSymbolicLink(model.file("vae"), blobs.resolve("vae"));
    Path elsewhere = Files.move(model.folder(), blobs.resolve("snapshot"));
    Files.createSymbolicLink(model.folder(), elsewhere);

    assertServed();
    assertThat(new ModelCatalog(models).names()).containsExactly("sd");
    String stamp = ModelFolder.open(model.folder()).stamp();
    Files.write(blobs.resolve("0a1b2c"), new byte[] {1});
    assertThat(ModelFolder.open(model.folder()).stamp()).isNotEqualTo(stamp);
  }

  @Test
  void whatAnIndexSaysBesides_isNoReasonToRefuse() throws IOException {
    model.edit(
        "model_index.json",
        index -> {
          index.put("requires_safety_checker", true).putNull("add_watermarker");
          index.putArray("image_encoder").addNull().addNull();
          index.putArray("feature_extractor").add("transformers").add("CLIPImageProcessor");
          index.putArray("safety_checker").add("x").add("StableDiffusionSafetyChecker");
          index.putObject("trained_by").put("name", "me");
        });
    assertServed();

    model.edit("model_index.json", BroughtModelsTest::addControlNet);
    assertThat(model.inspect().problems()).isEmpty();
    assertThat(model.inspect().notes()).singleElement().asString().contains("ControlNetModel");
  }

  private static void addControlNet(ObjectNode index) {
    index.putArray("controlnet").add("diffusers").add("ControlNetModel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"content\": \"\"}", "{\"content\": 3}"})
  void addedTokensThatStandForNothing_areFound(String token) throws IOException {
    model.edit(
        "tokenizer/tokenizer_config.json",
        config -> config.putObject("added_tokens_decoder").putRawValue("571", new RawValue(token)));

    assertProblem("tokenizer/tokenizer_config.json", "the added token 571 has no content");
  }

  @Test
  void foldersThatCannotBeNamed_areTold() throws IOException {
    model = ModelCopy.of("pipe-ddpm", models.resolve("my model (1)"));

    assertProblem("requests cannot ask for a model of this name");
    assertThat(new ModelCatalog(models).inspect())
        .extracting(ModelInspection::isServable)
        .containsExactly(false, true);
  }

  @Test
  void onlyABadFolder_isAffectedByIt() throws IOException {
    ModelCatalog catalog = new ModelCatalog(models);
    Path bad = Files.createDirectories(models.resolve("bad"));
    Files.createSymbolicLink(bad.resolve("round"), bad);
    Files.createSymbolicLink(bad.resolve("nowhere"), models.resolve("gone"));
    for (String index :
        List.of("", "[]", "{", "{\"_class_name\": 3}", "{\"_class_name\": []}", "\0\1\2", "{}")) {
      Files.writeString(bad.resolve("model_index.json"), index);

      assertThat(catalog.inspect()).extracting(ModelInspection::name).containsExactly("bad", "sd");
      assertThat(catalog.inspect().get(0).problems()).as(index).isNotEmpty();
      assertThat(catalog.models()).extracting(ModelFolder::name).containsExactly("sd");
    }
  }

  @Test
  void classesThatTheIndexNames_areThoseThatThereAre() throws IOException {
    model = ModelCopy.of("pipe-dit", models.resolve("named"));
    assertThat(ModelFolder.open(model.folder()).classes()).isEqualTo(1000);

    model.edit(
        "model_index.json",
        index -> index.putObject("id2label").put("0", "T-shirt").put("1", "bag, trousers"));

    assertThat(ModelFolder.open(model.folder()).classes()).isEqualTo(2);
  }
}
