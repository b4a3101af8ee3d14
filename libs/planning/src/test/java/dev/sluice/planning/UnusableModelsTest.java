package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the front door says of models that cannot be served, or not as they are. */
class UnusableModelsTest {

  private static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  @TempDir private Path models;
  private RoutePlanner planner;

  @BeforeEach
  void copyModels() throws IOException {
    for (String name : List.of("good", "other")) {
      copy(GOLDENS.resolve("pipe-sd"), models.resolve(name));
    }
    planner =
        new RoutePlanner(
            new ModelCatalog(models),
            "good",
            new RecipeWriter(new ModelDigests(), "0"),
            (tenant, from) -> Optional.empty());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static GenerationRequest.Builder request(String model) {
    return GenerationRequest.newBuilder().setModel(model).setPrompt("a cat");
  }

  private void assertUnusable(GenerationRequest.Builder request, String... parts) {
    assertThatThrownBy(() -> planner.plan(request.build(), NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getCode()).isEqualTo(ErrorCode.MODEL_UNUSABLE);
              assertThat(e.toError().getField()).isEqualTo("model");
              assertThat(e).hasMessageNotContaining(models.toString());
              assertThat(e.getMessage()).contains(parts);
            });
  }

  @Test
  void aFolderThatCannotBeAskedForByItsName_isNotUnknown() throws IOException {
    copy(GOLDENS.resolve("pipe-sd"), models.resolve("my model (1)"));
    Files.writeString(models.resolve("other/unet/config.json"), "{");

    assertUnusable(
        request("my model (1)"),
        "Model my model (1) cannot be served",
        "requests cannot ask for a model of this name");
    assertThatThrownBy(() -> planner.plan(request("goood").build(), NOW))
        .hasMessage("There is no model 'goood'; there are: good. Did you mean good?");
  }

  @Test
  void aModelThatCannotBeServed_costsItsAskerOneSentenceAndNobodyElseAnything() throws IOException {
    Files.writeString(
        models.resolve("other/unet/diffusion_pytorch_model.safetensors"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3438354725\n");

    ListModelsReply reply = planner.models();

    assertThat(reply.getModelsList()).extracting(Model::getName).containsExactly("good");
    assertThat(reply.getUnusableList())
        .singleElement()
        .satisfies(
            model -> {
              assertThat(model.getName()).isEqualTo("other");
              assertThat(model.getProblemsList())
                  .singleElement()
                  .asString()
                  .contains("unet/diffusion_pytorch_model.safetensors", "Git LFS pointer");
            });
    assertUnusable(request("other"), "Model other cannot be served", "Git LFS pointer");
    assertThat(planner.plan(request("good").build(), NOW).route()).hasSize(3);
  }

  /** Old configs name no class; the index does. */
  @Test
  void aConfigWithoutItsClass_harmsNobody() throws IOException {
    Path config = models.resolve("other/unet/config.json");
    Files.writeString(
        config, Files.readString(config).replaceFirst("\"_class_name\": \"[^\"]*\",", ""));

    assertThat(planner.models().getModelsList())
        .extracting(Model::getName)
        .containsExactly("good", "other");
    assertThat(planner.plan(request("other").build(), NOW).route()).hasSize(3);
  }

  @Test
  void aModelThatIsMended_isServedAtOnce() throws IOException {
    Path config = models.resolve("other/unet/config.json");
    String good = Files.readString(config);
    Files.writeString(config, "{");
    assertUnusable(request("other"), "unet/config.json: not valid JSON");

    Files.writeString(config, good);
    assertThat(planner.plan(request("other").build(), NOW).route()).hasSize(3);
  }

  @Test
  void aModelWithASchedulerThatIsNotKnown_isListedWithANote() throws IOException {
    for (String file : List.of("model_index.json", "scheduler/scheduler_config.json")) {
      Path path = models.resolve("other").resolve(file);
      Files.writeString(path, Files.readString(path).replace("PNDMSch", "NovelSch"));
    }

    assertThat(planner.models().getModelsList())
        .filteredOn(model -> model.getName().equals("other"))
        .singleElement()
        .satisfies(
            model ->
                assertThat(model.getNotesList()).singleElement().asString().contains("NovelSch"));
  }

  @Test
  void aModelWithoutASize_isShownInItsFamilysOwn() throws IOException {
    Path config = models.resolve("other/unet/config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceFirst("\"sample_size\": \\d+", "\"sample_size\": null"));

    assertThat(planner.models().getModelsList())
        .filteredOn(model -> model.getName().equals("other"))
        .singleElement()
        .satisfies(model -> assertThat(model.getWidth()).isEqualTo(512));
  }
}
