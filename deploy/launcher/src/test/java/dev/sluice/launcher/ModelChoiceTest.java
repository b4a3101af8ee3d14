package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelChoiceTest {

  @TempDir private Path folder;

  @Test
  void of_takesAPlainWordForOneOfTheShippedModels() {
    Path shipped = Path.of("/project/models");

    assertThat(ModelChoice.of("shapes-unclip", shipped))
        .isEqualTo(new ModelChoice("shapes-unclip", shipped));
    assertThat(ModelChoice.of("", shipped)).isEqualTo(new ModelChoice("", shipped));
  }

  @Test
  void of_servesTheParentOfAFolderInTheDiffusersLayout() throws IOException {
    Path model = Files.createDirectory(folder.resolve("karlo"));
    Files.writeString(model.resolve("model_index.json"), "{}");

    assertThat(ModelChoice.of(model.toString(), Path.of("/project/models")))
        .isEqualTo(new ModelChoice("karlo", folder));
  }

  @Test
  void of_refusesAFolderWithoutAnIndex() {
    assertThatThrownBy(() -> ModelChoice.of(folder.toString(), Path.of("/project/models")))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("model_index.json");
  }
}
