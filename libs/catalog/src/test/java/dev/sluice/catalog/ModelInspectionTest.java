package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelInspectionTest {

  private static final Path GIVEN = Path.of(System.getProperty("sluice.goldens"), "pipe-unclip");

  @TempDir private Path models;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = models.resolve("karlo");
    try (Stream<Path> tree = Files.walk(GIVEN)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path copy = model.resolve(GIVEN.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private void assertProblem(String... parts) {
    ModelInspection inspection = ModelInspection.of(model, ComponentCheck.NONE);

    assertThat(inspection.isServable()).isFalse();
    assertThat(inspection.problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem).contains(parts).doesNotContain(models.toString()));
  }

  @Test
  void of_tellsWhatIsInAGoodModel() {
    ModelInspection inspection = ModelInspection.of(model, ComponentCheck.NONE);

    assertThat(inspection.name()).isEqualTo("karlo");
    assertThat(inspection.kind()).isEqualTo("UnCLIPPipeline");
    assertThat(inspection.precisions()).containsExactly(DType.F16);
    assertThat(inspection.stages())
        .containsExactly(
            ModelStage.TEXT_ENCODER, ModelStage.PRIOR, ModelStage.DENOISER, ModelStage.UPSCALER);
    assertThat(inspection.problems()).isEmpty();
  }

  @Test
  void of_countsParametersFromHeaders() {
    long parameters = ModelInspection.of(model, ComponentCheck.NONE).parameters();

    Path priorWeights = model.resolve("prior/diffusion_pytorch_model.safetensors");
    SafetensorsWriter.write(
        priorWeights,
        Map.of("w", new NamedTensor(DType.F32, new long[] {4, 5}, new float[20])),
        Map.of());

    assertThat(parameters).isEqualTo(181_768);
    ModelInspection other = ModelInspection.of(model, ComponentCheck.NONE);
    assertThat(parameters - other.parameters()).isEqualTo(9_568 - 20);
    assertThat(other.precisions()).containsExactly(DType.F16, DType.F32);
  }

  @Test
  void of_looksIntoComponentsThatTheIndexDoesNotKnow() throws IOException {
    Path prior = Files.createDirectory(model.resolve("autoregressive_prior"));
    Files.writeString(prior.resolve("config.json"), "{\"_class_name\": \"AutoregressivePrior\"}");

    assertProblem("autoregressive_prior: no weights");
  }

  @Test
  void of_namesAPipelineClassThatIsNotKnown() throws IOException {
    Path index = model.resolve(ModelFolder.INDEX);
    Files.writeString(index, Files.readString(index).replace("UnCLIPPipeline", "NovelPipeline"));

    assertProblem("model_index.json: ", "NovelPipeline", "UnCLIPPipeline");
    assertThat(ModelInspection.of(model, ComponentCheck.NONE).kind()).isEqualTo("NovelPipeline");
  }

  @Test
  void of_namesAComponentClassThatIsNotKnown() throws IOException {
    Path index = model.resolve(ModelFolder.INDEX);
    Files.writeString(index, Files.readString(index).replace("PriorTransformer", "NovelPrior"));

    assertProblem("prior/config.json: ", "NovelPrior", "PriorTransformer");
  }

  @Test
  void of_namesAnIndexThatIsNoJson() throws IOException {
    Files.writeString(model.resolve(ModelFolder.INDEX), "{\"_class_name\":");

    assertProblem("model_index.json: not valid JSON");
  }

  @Test
  void of_saysWhereAFileIsNoJson() throws IOException {
    Files.writeString(model.resolve("prior/config.json"), "{\n  \"num_layers\": 2,\n}");

    assertProblem("prior/config.json: not valid JSON at line 3, column");
  }

  @Test
  void of_namesWeightsThatAreMissing() throws IOException {
    Files.delete(model.resolve("decoder/diffusion_pytorch_model.safetensors"));

    assertProblem("decoder: no weights here");
  }

  @Test
  void of_namesWeightsThatAreTruncated() throws IOException {
    Path weights = model.resolve("decoder/diffusion_pytorch_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));

    assertProblem("decoder/diffusion_pytorch_model.safetensors: ");
  }

  @Test
  void of_saysWhatToDoAboutPickles() throws IOException {
    Path weights = model.resolve("prior/diffusion_pytorch_model.safetensors");
    Files.move(weights, weights.resolveSibling("diffusion_pytorch_model.bin"));

    assertProblem("diffusion_pytorch_model.bin", "pickle", "never opened", "safetensors.torch");
  }

  @Test
  void of_notesASchedulerThatIsNotKnown() throws IOException {
    Path config = model.resolve("prior_scheduler/scheduler_config.json");
    Files.writeString(config, Files.readString(config).replace("UnCLIPSch", "NovelSch"));
    Path index = model.resolve(ModelFolder.INDEX);
    String prior = "(\"prior_scheduler\": \\[\\s*\"diffusers\",\\s*\")UnCLIP";
    Files.writeString(index, Files.readString(index).replaceFirst(prior, "$1Novel"));

    ModelInspection inspection = ModelInspection.of(model, ComponentCheck.NONE);

    assertThat(inspection.isServable()).isTrue();
    assertThat(inspection.notes())
        .singleElement()
        .asString()
        .startsWith("prior_scheduler/scheduler_config.json: unknown sampler NovelScheduler")
        .endsWith("requests must name a sampler in its place");
  }

  @Test
  void of_namesASchedulerThatNoSamplerCanStandInFor() throws IOException {
    Path config = model.resolve("prior_scheduler/scheduler_config.json");
    Files.writeString(
        config, Files.readString(config).replaceFirst("\\{", "{\"use_novel_noise\": 3, "));

    assertProblem("prior_scheduler/scheduler_config.json: ", "use_novel_noise is 3");
  }

  @Test
  void of_namesATokenizerWithoutItsFiles() throws IOException {
    Files.delete(model.resolve("tokenizer/merges.txt"));

    assertProblem("tokenizer: ", "vocab.json with merges.txt");
  }

  @Test
  void of_gathersAllProblems() throws IOException {
    Files.delete(model.resolve("decoder/config.json"));
    Files.delete(model.resolve("text_proj/diffusion_pytorch_model.safetensors"));

    assertThat(ModelInspection.of(model, ComponentCheck.NONE).problems()).hasSize(2);
  }

  @Test
  void of_looksAtNothingOutsideOfTheModel() throws IOException {
    Path index = model.resolve(ModelFolder.INDEX);
    Files.writeString(
        index,
        Files.readString(index)
            .replaceFirst("\\{", "{\"../other\": [\"diffusers\", \"UNet2DModel\"],"));

    assertProblem("model_index.json: ", "\"../other\" is no component's name");
  }

  @Test
  void of_wantsAPriorBesideAModelThatIsPublishedWithout(@TempDir Path alone) throws IOException {
    Path decoder = GIVEN.resolveSibling("pipe-kandinsky22-decoder");
    Path copy = alone.resolve("decoder");
    try (Stream<Path> files = Files.walk(decoder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(decoder.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }

    assertThat(ModelInspection.of(decoder, ComponentCheck.NONE).problems()).isEmpty();
    assertThat(ModelInspection.of(copy, ComponentCheck.NONE).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains("KandinskyV22PriorPipeline"));
  }

  @ParameterizedTest
  @CsvSource({
    "pipe-ddpm, DENOISER UPSCALER",
    "pipe-dit, DENOISER UPSCALER",
    "pipe-kandinsky22-prior, TEXT_ENCODER PRIOR",
    "pipe-kandinsky22-decoder, DENOISER UPSCALER",
    "pipe-unclip-image-variation, TEXT_ENCODER PRIOR DENOISER UPSCALER",
    "pipe-sd, TEXT_ENCODER DENOISER UPSCALER",
    "pipe-sd3, TEXT_ENCODER DENOISER UPSCALER",
    "pipe-if-superres, TEXT_ENCODER DENOISER UPSCALER"
  })
  void of_tellsTheStagesOfEveryFamily(String name, String stages) {
    ModelInspection inspection =
        ModelInspection.of(GIVEN.resolveSibling(name), ComponentCheck.NONE);

    assertThat(inspection.problems()).isEmpty();
    assertThat(inspection.stages())
        .containsExactlyElementsOf(Stream.of(stages.split(" ")).map(ModelStage::valueOf).toList());
  }

  @Test
  void inspect_listsWhatIsMeantToBeAModelToo() throws IOException {
    Files.createDirectory(models.resolve("an-idea"));
    Files.createDirectory(models.resolve(".hidden"));
    Files.writeString(models.resolve("v1-5.ckpt"), "pickled");
    Files.writeString(models.resolve("notes.txt"), "text");

    assertThat(new ModelCatalog(models).inspect())
        .extracting(ModelInspection::name, ModelInspection::isServable)
        .containsExactly(tuple("an-idea", false), tuple("karlo", true), tuple("v1-5.ckpt", false));
    assertThat(ModelInspection.of(models.resolve("an-idea"), ComponentCheck.NONE).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(ModelFolder.INDEX));
    assertThat(ModelInspection.of(models.resolve("v1-5.ckpt"), ComponentCheck.NONE).problems())
        .anySatisfy(problem -> assertThat(problem).contains("pickle", "never opened"));
  }
}
