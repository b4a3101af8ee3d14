package dev.sluice.trainer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {

  private static final String YAML =
      """
      seed: 1
      name: unet
      flip: false
      sizes: [1, 2]
      every-phase:
        average: 0.9
        optimizer: {beta: 0.5, rate: 0.1}
      phases:
        one:
          steps: 3
        two:
          steps: 4
          optimizer: {rate: 0.2}
      """;

  private enum Kind {
    U_NET,
    UNET
  }

  @TempDir private Path folder;

  private final Recipe recipe = RecipeFile.parse(YAML, "test.yaml");

  private static void refused(Runnable action, String... parts) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(action::run)
        .satisfies(told -> assertThat(told.getMessage()).contains(parts));
  }

  @Test
  void values_areReadByWholeKeys() {
    assertThat(recipe.integer("phases.one.steps", 1)).isEqualTo(3);
    assertThat(recipe.at("phases.two").number("optimizer.rate")).isEqualTo(0.2);
    assertThat(recipe.choice("name", Kind.class)).isEqualTo(Kind.UNET);
    assertThat(recipe.bool("flip")).isFalse();
    assertThat(recipe.map("phases.one.optimizer")).isEqualTo(Map.of("beta", 0.5, "rate", 0.1));
  }

  @Test
  void everyPhase_isWhatEachPhaseHasUnlessItSaysOtherwise() {
    assertThat(recipe.keys()).doesNotContain("every-phase");
    assertThat(recipe.number("phases.one.optimizer.rate")).isEqualTo(0.1);
    assertThat(recipe.number("phases.two.optimizer.beta")).isEqualTo(0.5);
    assertThat(recipe.number("phases.two.average")).isEqualTo(0.9);
  }

  @Test
  void set_takesTheValuesPlace() {
    Recipe changed = RecipeFile.with(recipe, "phases.one.optimizer.rate=1e-3");

    assertThat(changed.number("phases.one.optimizer.rate")).isEqualTo(1e-3);
    assertThat(recipe.number("phases.one.optimizer.rate")).as("a copy").isEqualTo(0.1);
    assertThat(changed.changesSince(recipe.flat()))
        .isEqualTo(List.of("phases.one.optimizer.rate: 0.001, was 0.1"));
    assertThat(RecipeFile.with(recipe, "sizes=[3]").flat()).containsEntry("sizes", "[3]");
  }

  @Test
  void set_toNothingIsReadAsNothing() {
    Recipe changed = RecipeFile.with(recipe, "phases.one.optimizer.rate=null");

    assertThat(changed.map("phases.one.optimizer")).containsEntry("rate", null);
    refused(() -> changed.number("phases.one.optimizer.rate"), "must be a number", "null");
  }

  @Test
  void set_ofWhatTheRecipeLacksIsRefused() {
    refused(
        () -> RecipeFile.with(recipe, "phases.one.step=5"),
        "no key phases.one.step",
        "under phases.one",
        "steps");
    refused(() -> RecipeFile.with(recipe, "seed"), "'seed' sets nothing", "key=value");
    refused(() -> RecipeFile.with(recipe, "seed=many"), "seed must be a number", "\"many\"");
    refused(() -> RecipeFile.with(recipe, "flip=3"), "flip must be true or false");
    refused(() -> RecipeFile.with(recipe, "phases.one=3"), "phases.one must be a table");
    refused(() -> RecipeFile.with(recipe, "seed=[1"), "is no YAML");
  }

  @Test
  void config_takesTheValuesPlace() throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "phases:\n  two: {steps: 7}\n");

    assertThat(RecipeFile.with(recipe, file).integer("phases.two.steps", 1)).isEqualTo(7);
    Files.writeString(file, "steps: 7\n");
    refused(() -> RecipeFile.with(recipe, file), "mine.yaml", "no key steps");
    Files.writeString(file, "seed: 1\nseed: 2\n");
    refused(() -> RecipeFile.with(recipe, file), "mine.yaml", "is no YAML");
    Files.writeString(file, "- 1\n");
    refused(() -> RecipeFile.with(recipe, file), "must be a table");
    refused(() -> RecipeFile.with(recipe, folder.resolve("none.yaml")), "cannot be read");
  }

  @Test
  void wrongKinds_areNamed() {
    refused(() -> recipe.integer("phases.one.steps", 4), "phases.one.steps", "at least 4", "is 3");
    refused(() -> recipe.number("name"), "name must be a number");
    refused(() -> recipe.number("seed", 2, 3), "from 2.0 to 3.0");
    refused(() -> recipe.string("none"), "the key none is missing", "phases");
    refused(
        () -> RecipeFile.with(recipe, "name=vnet").choice("name", Kind.class),
        "one of u-net, unet",
        "vnet");
  }

  @Test
  void everyShippedRecipe_isAsItIsWritten() {
    for (String name :
        List.of(
            "shapes-unclip",
            "fashion-ddpm",
            "fashion-adm",
            "fashion-classifier",
            "picture-ddpm",
            "picture-ldm",
            "shapes-glide")) {
      Recipe shipped = RecipeFile.shipped(name);
      assertThat(RecipeFile.parse(RecipeFile.write(shipped), name).flat())
          .isEqualTo(shipped.flat());
    }
    refused(() -> RecipeFile.shipped("none"), "no recipe none");
  }
}
