package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorldTest {

  private static final Path CLIP = Path.of(System.getProperty("sluice.models"), "shapes-unclip");

  @TempDir private Path folder;

  private static String sum(Consumer<Consumer<Object>> things) {
    CRC32 sum = new CRC32();
    things.accept(thing -> sum.update(thing.toString().getBytes(StandardCharsets.UTF_8)));
    return Long.toHexString(sum.getValue());
  }

  /** The sums were taken when there was no other world. */
  @Test
  void pairs_areToTheLastDigitWhatModelsThatShipWereMadeOn() {
    SceneSampler scenes = new SceneSampler(World.PAIRS, 1);
    assertThat(
            sum(
                add -> {
                  for (int i = 0; i < 3_000; i++) {
                    add.accept(scenes.example(i));
                  }
                }))
        .as("scenes, places and captions")
        .isEqualTo("7eb160d6");
    ShapesBatches batches = new ShapesBatches(World.PAIRS, 1, 96);
    assertThat(
            sum(
                add -> {
                  for (int i = 0; i < 20; i++) {
                    Arrays.stream(batches.examplesWithNearMisses(i)).forEach(add);
                  }
                }))
        .as("near misses")
        .isEqualTo("4c5bc0e3");
    SceneAttributes questions = new SceneAttributes(World.PAIRS);
    float[] answers = new float[questions.size() * 3_000];
    for (int i = 0; i < 3_000; i++) {
      questions.write(scenes.example(i).scene(), answers, i * questions.size());
    }
    assertThat(sum(add -> add.accept(Arrays.toString(answers))))
        .as("what CLIP's probe is asked")
        .isEqualTo("7564fe9a");
  }

  @Test
  void pairs_areToldInTheWordsOfTheModelThatShips() throws IOException {
    new ShapesVocabulary(World.PAIRS).write(folder);
    for (String file : new String[] {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
      assertThat(folder.resolve(file)).hasSameTextualContentAs(CLIP.resolve("tokenizer/" + file));
    }
  }

  @Test
  void groups_haveTheWordsOfPairsAndMore() {
    assertThat(World.GROUPS.words()).containsAll(World.PAIRS.words()).contains("three", "crosses");
    assertThat(World.PAIRS.words()).doesNotContain("three", "crosses");
  }

  @Test
  void ofModel_isThatOfItsRecipe() throws IOException {
    assertThat(World.of(folder)).as("of a model that says nothing").isEqualTo(World.PAIRS);
    Path record = folder.resolve("training.yaml");
    Files.writeString(record, "# how\nsystem: shapes-ldm\nseed: 1\n");
    assertThat(World.of(folder)).as("of a model from before").isEqualTo(World.PAIRS);
    Files.writeString(record, "# how\nsystem: shapes-ldm\nseed: 1\nworld: \"groups\"\n");
    assertThat(World.of(folder)).isEqualTo(World.GROUPS);
    Files.writeString(record, "system: shapes-ldm\nworld: crowds\n");
    assertThatThrownBy(() -> World.of(folder))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("training.yaml")
        .hasMessageContaining("one of pairs, groups");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shapes-glide",
        "shapes-imagen",
        "shapes-imagen-64",
        "shapes-ldm",
        "shapes-sd3",
        "shapes-turbo",
        "shapes-unclip"
      })
  void everyRecipe_choosesAWorldAndShipsWithPairs(String name) {
    Recipe recipe = RecipeFile.shipped(name);
    assertThat(World.of(recipe)).isEqualTo(World.PAIRS);
    assertThat(World.of(RecipeFile.with(recipe, "world=groups"))).isEqualTo(World.GROUPS);
  }

  @Test
  void whatIsBuiltOn_mustKnowTheWords() {
    Recipe recipe =
        RecipeFile.with(RecipeFile.shipped("shapes-ldm"), "built-on.text_encoder=" + CLIP);
    Recipe groups = RecipeFile.with(recipe, "world=groups");
    assertThat(World.builtOn(recipe, "text_encoder")).isEqualTo(CLIP.resolve("text_encoder"));
    assertThatThrownBy(() -> World.builtOn(groups, "text_encoder"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("world is groups")
        .hasMessageContaining("the words of pairs")
        .hasMessageContaining("--set world=groups")
        .hasMessageContaining("built-on.text_encoder=FOLDER");
  }
}
