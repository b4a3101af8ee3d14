package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CollectedScenesTest {

  private static final String PICTURES = "phases.text-to-latents.pictures.";
  private static final CollectedScenes.Size SQUARE = new CollectedScenes.Size(64, 64);
  private static final Scene SCENE =
      new Scene.Pair(
          new SceneObject(Shape.SQUARE, ShapeColor.GREEN, ObjectSize.LARGE),
          Relation.LEFT_OF,
          new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE),
          Background.WHITE);

  private static CollectedScenes scenes(String... settings) {
    Recipe recipe = RecipeFile.with(RecipeFile.shipped("shapes-sdxl"), "seed=3");
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    Recipe own = recipe.at("phases.text-to-latents");
    return new CollectedScenes(
        new PhaseContext(
            recipe,
            own,
            TrainingSettings.of(own, 3),
            Path.of("unused"),
            Optional.empty(),
            System.out));
  }

  @Test
  void aBatchIsOfOneSizeAndTheSameAgain_withEachPicturesOrigin() {
    CollectedScenes scenes = scenes();
    TreeSet<String> sizes = new TreeSet<>();
    for (int number = 0; number < 12; number++) {
      Map<String, HostTensor> batch = scenes.batch(number);
      int[] shape = batch.get("clean").shape();
      sizes.add(shape[3] + "x" + shape[2]);
      long[] origins = ((HostTensor.Longs) batch.get(CollectedScenes.ORIGINS)).values();
      for (int row = 0; row < shape[0]; row++) {
        assertThat(Arrays.copyOfRange(origins, 6 * row + 4, 6 * row + 6))
            .containsExactly(shape[2], shape[3]);
      }
      assertThat(((HostTensor.Floats) scenes().batch(number).get("clean")).values())
          .isEqualTo(((HostTensor.Floats) batch.get("clean")).values());
    }
    assertThat(sizes).containsExactly("64x64", "64x96", "96x64");
  }

  @Test
  void whatBefallsPictures_isWhatTheRecipeSays() {
    CollectedScenes scenes = scenes();
    SplittableRandom random = new SplittableRandom(1);
    int cut = 0;
    int enlarged = 0;
    int whole = 0;
    for (int i = 0; i < 4000; i++) {
      CollectedScenes.Origin origin = scenes.origin(SQUARE, random);
      assertThat(origin.top() == 0 || origin.left() == 0).isTrue();
      assertThat(origin.scaled().width() + origin.scaled().height()).isBetween(128, 160);
      assertThat(origin.top()).isBetween(0, origin.scaled().height() - 64);
      assertThat(origin.left()).isBetween(0, origin.scaled().width() - 64);
      cut += origin.scaled().equals(SQUARE) ? 0 : 1;
      enlarged += origin.sharpness() < 1 ? 1 : 0;
      whole += origin.original().equals(SQUARE) && origin.scaled().equals(SQUARE) ? 1 : 0;
    }
    assertThat(cut / 4000.0).isBetween(0.47, 0.53);
    assertThat(enlarged / 4000.0).isBetween(0.27, 0.33);
    assertThat(whole / 4000.0).isBetween(0.22, 0.28);

    CollectedScenes plain =
        scenes(PICTURES + "cropped=0", PICTURES + "enlarged=0", PICTURES + "reduced=0");
    assertThat(plain.origin(SQUARE, random).numbers()).containsExactly(64, 64, 0, 0, 64, 64);
  }

  @Test
  void aPictureIsCutWhereItsOriginSays() {
    CollectedScenes.Size wide = new CollectedScenes.Size(96, 64);
    float[] whole =
        CollectedScenes.picture(
            SCENE, new CollectedScenes.Origin(wide, wide, 0, 0, wide), new SplittableRandom(5));
    float[] cut =
        CollectedScenes.picture(
            SCENE, new CollectedScenes.Origin(wide, wide, 0, 20, SQUARE), new SplittableRandom(5));
    for (int row = 0; row < 3 * 64; row++) {
      assertThat(Arrays.copyOfRange(cut, row * 64, row * 64 + 64))
          .isEqualTo(Arrays.copyOfRange(whole, row * 96 + 20, row * 96 + 84));
    }
  }

  @Test
  void aSmallOriginalIsEnlarged_andALargeOneLooksLikeAPlainOne() {
    float[] plain = picture(64);
    assertThat(distance(plain, picture(128))).isLessThan(0.02);
    assertThat(distance(plain, picture(32))).isBetween(0.01, 0.2);
    assertThat(steps(picture(32))).isLessThan(0.8 * steps(plain));
  }

  private static float[] picture(int side) {
    CollectedScenes.Size original = new CollectedScenes.Size(side, side);
    return CollectedScenes.picture(
        SCENE, new CollectedScenes.Origin(original, SQUARE, 0, 0, SQUARE), new SplittableRandom(5));
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]) / a.length;
    }
    return sum;
  }

  private static double steps(float[] picture) {
    double squares = 0;
    for (int i = 1; i < picture.length; i++) {
      squares += i % 64 == 0 ? 0 : Math.pow(picture[i] - picture[i - 1], 2);
    }
    return squares;
  }
}
