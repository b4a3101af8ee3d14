package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.stage.work.InvalidTaskException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannedFilesTest {

  private static final String WEIGHTS = "text_encoder/model.safetensors";

  private final PlannedFiles planned = new PlannedFiles();
  private Path folder;

  @BeforeEach
  void copy(@TempDir Path models) {
    folder = StageTrial.copy(StageTrial.MODEL, models, "one");
  }

  private ModelFolder model() {
    return ModelFolder.open(folder);
  }

  /** Of a picture that is planned now. */
  private TaskHeader header(String part) throws Exception {
    Recipe.Builder recipe = Recipe.newBuilder().putComponents("unet", "of another model");
    new ModelDigests()
        .of(model())
        .forEach((component, digest) -> recipe.putComponents(part + component, digest));
    return TaskHeader.newBuilder()
        .setModel("one")
        .setRecipe(JsonFormat.printer().print(recipe))
        .putModelStamps("one", model().stamp())
        .build();
  }

  private void check(TaskHeader header) {
    planned.check(header, model(), model().stamp());
  }

  private void replaceWeights() throws Exception {
    byte[] weights = Files.readAllBytes(folder.resolve(WEIGHTS));
    weights[weights.length - 1] ^= 1;
    Files.write(folder.resolve(WEIGHTS), weights);
    touch();
  }

  private void touch() throws Exception {
    Files.setLastModifiedTime(folder.resolve(WEIGHTS), FileTime.fromMillis(1));
  }

  @Test
  void check_refusesAPictureWhoseModelWasReplacedMeanwhile() throws Exception {
    TaskHeader header = header("");
    replaceWeights();

    assertThatThrownBy(() -> check(header))
        .isInstanceOfSatisfying(
            InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("model"))
        .hasMessage(
            "model one was replaced after this picture was planned; ask for the picture again");
    check(header(""));
  }

  @Test
  void check_takesTheSameFilesOfAnotherTimeWhateverTheModelIsThereFor() throws Exception {
    for (String part : new String[] {"", "prior/", "refiner/"}) {
      TaskHeader header = header(part);
      touch();

      check(header);
    }
  }

  @Test
  void check_asksNothingOfTasksThatWereNotPlannedHere() throws Exception {
    TaskHeader header = header("");
    replaceWeights();

    check(header.toBuilder().clearModelStamps().build());
    check(header.toBuilder().clearRecipe().build());
  }
}
