package dev.sluice.trainer.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.trainer.shapes.Background;
import dev.sluice.trainer.shapes.ObjectSize;
import dev.sluice.trainer.shapes.Relation;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneGroup;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.SceneObject;
import dev.sluice.trainer.shapes.SceneRenderer;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.shapes.ShapeColor;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SceneJudgeTest {

  private static final SceneObject RED_CIRCLE =
      new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE);
  private static final SceneObject BLUE_SQUARE =
      new SceneObject(Shape.SQUARE, ShapeColor.BLUE, ObjectSize.SMALL);
  private static final Scene.Pair PAIR =
      new Scene.Pair(RED_CIRCLE, Relation.ABOVE, BLUE_SQUARE, Background.WHITE);
  private static final Scene.Single SINGLE = new Scene.Single(RED_CIRCLE, Background.GRAY);

  @Test
  void judge_acceptsRealRenderings() {
    assertThat(shareFullyRight(World.PAIRS, 4_000, 1, UnaryOperator.identity()))
        .isGreaterThanOrEqualTo(0.995);
  }

  @Test
  void judge_acceptsRealRenderingsAtHalfTheSize() {
    assertThat(
            shareFullyRight(World.PAIRS, 1_000, 5, picture -> ShapesBatches.reduced(picture, 32)))
        .isGreaterThanOrEqualTo(0.99);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 32})
  void judge_acceptsRealRenderingsOfEveryKindOfScene(int side) {
    SplittableRandom random = new SplittableRandom(21);
    Map<String, List<Boolean>> right = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      Scene scene = World.GROUPS.random(random);
      float[] picture = ShapesBatches.reduced(render(scene, random), side);
      Verdict verdict = SceneJudge.judge(scene, picture);
      right.computeIfAbsent(kind(scene), k -> new ArrayList<>()).add(verdict.meetsAll());
    }
    assertThat(right).hasSize(10);
    right.forEach(
        (kind, verdicts) ->
            assertThat(verdicts.stream().filter(met -> met).count())
                .as(kind)
                .isGreaterThanOrEqualTo(Math.round(Math.floor(0.99 * verdicts.size()))));
  }

  /** One object, a pair, or how many objects its groups have. */
  private static String kind(Scene scene) {
    return scene instanceof Scene.Groups groups
        ? groups.groups().stream().map(SceneGroup::count).sorted().toList().toString()
        : scene.getClass().getSimpleName();
  }

  @Test
  void judge_ofGroupsToleratesBlurAndNoiseAndFadedColors() {
    SplittableRandom random = new SplittableRandom(22);
    assertThat(
            shareFullyRight(
                World.GROUPS,
                1_000,
                23,
                p -> Damage.noisy(Damage.blurred(Damage.faded(p)), 0.06, random)))
        .isGreaterThanOrEqualTo(0.97);
  }

  private static Scene redCircles(int count) {
    return new Scene.Groups(List.of(new SceneGroup(count, RED_CIRCLE)), Background.GRAY);
  }

  @Test
  void judge_countsObjectsThatAreAlike() {
    for (int asked = 2; asked <= SceneGroup.MOST; asked++) {
      for (int shown = 2; shown <= SceneGroup.MOST; shown++) {
        Verdict verdict = judge(redCircles(asked), redCircles(shown));
        assertThat(verdict.meets(Aspect.SHAPE)).isEqualTo(asked == shown);
        assertThat(verdict.meetsAll()).isEqualTo(asked == shown);
        assertThat(verdict.atoms().asked()).isEqualTo(3 * asked + 2);
        int missing = Math.max(0, asked - shown);
        assertThat(verdict.atoms().met())
            .as("%d asked, %d shown: all but the number, and what is missing", asked, shown)
            .isEqualTo(3 * (asked - missing) + (asked == shown ? 2 : 1));
      }
    }
  }

  @Test
  void judge_seesCountsOfTheWrongGroup() {
    Scene asked = circlesAndSquares(2, 1);
    assertThat(judge(asked, asked).meetsAll()).isTrue();
    Verdict verdict = judge(asked, circlesAndSquares(1, 2));
    assertThat(verdict.met()).containsExactlyInAnyOrder(Aspect.COUNT, Aspect.BACKGROUND);
    assertThat(verdict.atoms()).isEqualTo(new Atoms(11, 8));
  }

  private static Scene circlesAndSquares(int circles, int squares) {
    return new Scene.Groups(
        List.of(new SceneGroup(circles, RED_CIRCLE), new SceneGroup(squares, BLUE_SQUARE)),
        Background.GRAY);
  }

  @Test
  void atoms_areJudgedOneByOne() {
    assertThat(judge(PAIR, PAIR).atoms()).isEqualTo(new Atoms(9, 9));
    assertThat(judge(SINGLE, SINGLE).atoms()).isEqualTo(new Atoms(5, 5));
    // Colors swapped: as many are right by either assignment.
    SceneObject blueCircle = new SceneObject(Shape.CIRCLE, ShapeColor.BLUE, ObjectSize.LARGE);
    SceneObject redSquare = new SceneObject(Shape.SQUARE, ShapeColor.RED, ObjectSize.SMALL);
    Scene swapped = new Scene.Pair(blueCircle, Relation.ABOVE, redSquare, Background.WHITE);
    assertThat(judge(PAIR, swapped).atoms()).isEqualTo(new Atoms(9, 7));
    assertThat(judge(PAIR, new Scene.Single(RED_CIRCLE, Background.WHITE)).atoms())
        .as("a missing object costs its atoms, the relation and the number")
        .isEqualTo(new Atoms(9, 4));
    float[] blank = new float[3 * 64 * 64];
    Arrays.fill(blank, 1);
    assertThat(SceneJudge.judge(PAIR, blank).atoms()).isEqualTo(new Atoms(9, 1));
  }

  @Property(tries = 300)
  void atoms_areAllMetWhereAllIsRight(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Scene asked = World.GROUPS.random(random);
    Scene shown = random.nextBoolean() ? asked : World.GROUPS.random(random);
    Verdict verdict = SceneJudge.judge(asked, render(shown, random));
    assertThat(verdict.atoms().met() == verdict.atoms().asked()).isEqualTo(verdict.meetsAll());
  }

  @Test
  void judge_toleratesBlur() {
    assertThat(shareFullyRight(World.PAIRS, 1_000, 2, Damage::blurred))
        .isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void judge_toleratesNoise() {
    SplittableRandom random = new SplittableRandom(9);
    assertThat(shareFullyRight(World.PAIRS, 1_000, 3, p -> Damage.noisy(p, 0.1, random)))
        .isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void judge_toleratesBlurAndNoiseAndFadedColors() {
    SplittableRandom random = new SplittableRandom(10);
    assertThat(
            shareFullyRight(
                World.PAIRS,
                1_000,
                4,
                p -> Damage.noisy(Damage.blurred(Damage.faded(p)), 0.06, random)))
        .isGreaterThanOrEqualTo(0.97);
  }

  @Test
  void judge_seesEverySingleConceptRight() {
    SplittableRandom random = new SplittableRandom(11);
    for (Shape shape : Shape.values()) {
      for (ShapeColor color : ShapeColor.values()) {
        for (ObjectSize size : ObjectSize.values()) {
          for (Background background : Background.values()) {
            Scene scene = new Scene.Single(new SceneObject(shape, color, size), background);
            assertThat(SceneJudge.judge(scene, render(scene, random)).meetsAll())
                .as(scene.toString())
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void judge_seesWrongColor() {
    Verdict verdict = judge(SINGLE, single(Shape.CIRCLE, ShapeColor.PINK, ObjectSize.LARGE));
    assertThat(verdict.met())
        .containsExactlyInAnyOrder(Aspect.COUNT, Aspect.SHAPE, Aspect.BACKGROUND);
  }

  @Test
  void judge_seesWrongShape() {
    Verdict verdict = judge(SINGLE, single(Shape.SQUARE, ShapeColor.RED, ObjectSize.LARGE));
    assertThat(verdict.met())
        .containsExactlyInAnyOrder(Aspect.COUNT, Aspect.COLOR, Aspect.BACKGROUND);
  }

  @Test
  void judge_seesWrongSize() {
    Verdict verdict = judge(SINGLE, single(Shape.CIRCLE, ShapeColor.RED, ObjectSize.SMALL));
    assertThat(verdict.met()).hasSize(5).doesNotContain(Aspect.SIZE);
  }

  @Test
  void judge_seesWrongBackground() {
    Verdict verdict = judge(SINGLE, new Scene.Single(RED_CIRCLE, Background.BEIGE));
    assertThat(verdict.met()).hasSize(5).doesNotContain(Aspect.BACKGROUND);
  }

  @Test
  void judge_seesMissingObject() {
    Verdict verdict = judge(PAIR, new Scene.Single(RED_CIRCLE, Background.WHITE));
    assertThat(verdict.met()).containsExactly(Aspect.BACKGROUND);
  }

  @Test
  void judge_seesAnObjectTooMany() {
    Verdict verdict = judge(new Scene.Single(RED_CIRCLE, Background.WHITE), PAIR);
    assertThat(verdict.met()).containsExactly(Aspect.BACKGROUND);
  }

  @Test
  void judge_seesSwappedColors() {
    SceneObject blueCircle = new SceneObject(Shape.CIRCLE, ShapeColor.BLUE, ObjectSize.LARGE);
    SceneObject redSquare = new SceneObject(Shape.SQUARE, ShapeColor.RED, ObjectSize.SMALL);
    Verdict verdict =
        judge(PAIR, new Scene.Pair(blueCircle, Relation.ABOVE, redSquare, Background.WHITE));
    assertThat(verdict.met())
        .containsExactlyInAnyOrder(Aspect.COUNT, Aspect.COLOR, Aspect.SHAPE, Aspect.BACKGROUND);
  }

  @Test
  void judge_seesSwappedRelation() {
    for (Relation relation : Relation.values()) {
      Verdict verdict =
          judge(PAIR, new Scene.Pair(RED_CIRCLE, relation, BLUE_SQUARE, Background.WHITE));
      assertThat(verdict.meets(Aspect.RELATION)).isEqualTo(relation == Relation.ABOVE);
      assertThat(verdict.meets(Aspect.BINDING)).isTrue();
    }
  }

  @Test
  void judge_acceptsTheMirroredTelling() {
    assertThat(judge(PAIR, PAIR.mirrored()).meetsAll()).isTrue();
  }

  @Test
  void judge_ofRandomOtherSceneIsNeverFullyRight() {
    SplittableRandom random = new SplittableRandom(12);
    for (int i = 0; i < 1_000; i++) {
      Scene asked = World.GROUPS.random(random);
      Scene shown = World.GROUPS.random(random);
      boolean same =
          asked.equals(shown) || (asked instanceof Scene.Pair p && p.mirrored().equals(shown));
      if (!same) {
        assertThat(SceneJudge.judge(asked, render(shown, random)).meetsAll())
            .as(asked + " shown as " + shown)
            .isFalse();
      }
    }
  }

  @Test
  void judge_rejectsBlankNoiseAndBrokenPictures() {
    SplittableRandom random = new SplittableRandom(13);
    float[] blank = new float[3 * 64 * 64];
    Arrays.fill(blank, 1f);
    assertThat(SceneReader.read(blank).objects()).isEmpty();
    assertThat(SceneJudge.judge(PAIR, blank).met()).containsExactly(Aspect.BACKGROUND);

    float[] broken = new float[3 * 64 * 64];
    Arrays.fill(broken, Float.NaN);
    assertThat(SceneJudge.judge(PAIR, broken).meets(Aspect.COUNT)).isFalse();

    for (int i = 0; i < 50; i++) {
      float[] noise = new float[3 * 64 * 64];
      for (int v = 0; v < noise.length; v++) {
        noise[v] = (float) random.nextDouble(-1, 1);
      }
      assertThat(SceneJudge.judge(PAIR, noise).met()).isSubsetOf(Aspect.COUNT, Aspect.BACKGROUND);
      assertThat(SceneJudge.judge(SINGLE, noise).meets(Aspect.BINDING)).isFalse();
    }
  }

  @Test
  void read_separatesObjectsThatTouch() {
    SceneLayout touching =
        new SceneLayout(
            List.of(new SceneLayout.Placement(21, 32, 26), new SceneLayout.Placement(46, 32, 26)));
    Scene scene =
        new Scene.Pair(
            new SceneObject(Shape.SQUARE, ShapeColor.GREEN, ObjectSize.LARGE),
            Relation.LEFT_OF,
            new SceneObject(Shape.CIRCLE, ShapeColor.YELLOW, ObjectSize.LARGE),
            Background.BLACK);
    assertThat(SceneJudge.judge(scene, SceneRenderer.pixels(scene, touching)).meetsAll()).isTrue();
  }

  @Test
  void read_givesPlaceAndDiameter() {
    SceneLayout layout = new SceneLayout(List.of(new SceneLayout.Placement(25.3, 38.6, 26.4)));
    SeenObject seen = SceneReader.read(SceneRenderer.pixels(SINGLE, layout)).objects().get(0);
    assertThat(seen.x()).isCloseTo(25.3, within(0.3));
    assertThat(seen.y()).isCloseTo(38.6, within(0.3));
    assertThat(seen.diameter()).isCloseTo(26.4, within(0.5));
    assertThat(seen.fit()).isGreaterThan(0.95);
  }

  @Test
  void read_ofOtherAspectRatios() {
    SplittableRandom random = new SplittableRandom(8);
    for (int[] size : new int[][] {{96, 64}, {64, 96}, {48, 32}}) {
      int right = 0;
      for (int i = 0; i < 40; i++) {
        Scene scene = World.PAIRS.random(random);
        SceneLayout layout = SceneLayout.sample(scene, size[0], size[1], random);
        float[] pixels = SceneRenderer.pixels(scene, layout, size[0], size[1]);
        right +=
            SceneJudge.judge(scene, SceneReader.read(pixels, size[0], size[1])).meetsAll() ? 1 : 0;
      }
      assertThat(right).as(size[0] + " x " + size[1]).isGreaterThanOrEqualTo(38);
    }
  }

  @Test
  void read_tellsWhatIsCutFromWhatIsWhole() {
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 100; i++) {
      float[] whole = render(World.PAIRS.random(random), random);
      assertThat(SceneReader.read(whole).objects()).noneMatch(SeenObject::cut);
    }
    SceneLayout beyond = new SceneLayout(List.of(new SceneLayout.Placement(8, 32, 26)));
    assertThat(SceneReader.read(SceneRenderer.pixels(SINGLE, beyond)).objects())
        .singleElement()
        .matches(SeenObject::cut);
  }

  @Test
  void read_doesNotCallAHalfDiscAShape() {
    Scene scene = new Scene.Single(RED_CIRCLE, Background.WHITE);
    SceneLayout layout = new SceneLayout(List.of(new SceneLayout.Placement(32, 32, 28)));
    float[] pixels = SceneRenderer.pixels(scene, layout);
    for (int p = 0; p < 64 * 64; p++) {
      boolean erase = (p % 64 > 32) == (p / 64 > 32);
      for (int c = 0; erase && c < 3; c++) {
        pixels[c * 64 * 64 + p] = 1;
      }
    }
    assertThat(SceneJudge.judge(scene, pixels).meets(Aspect.BINDING)).isFalse();
  }

  @Test
  void read_rejectsWrongLength() {
    assertThatThrownBy(() -> SceneReader.read(new float[3 * 20 * 20]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 64, 64]")
        .hasMessageContaining("1200");
  }

  private static Scene single(Shape shape, ShapeColor color, ObjectSize size) {
    return new Scene.Single(new SceneObject(shape, color, size), Background.GRAY);
  }

  private static Verdict judge(Scene asked, Scene shown) {
    return SceneJudge.judge(asked, render(shown, new SplittableRandom(4)));
  }

  private static float[] render(Scene scene, SplittableRandom random) {
    return SceneRenderer.pixels(scene, SceneLayout.sample(scene, random));
  }

  private static double shareFullyRight(
      World world, int count, long seed, UnaryOperator<float[]> damage) {
    SplittableRandom random = new SplittableRandom(seed);
    int right = 0;
    for (int i = 0; i < count; i++) {
      Scene scene = world.random(random);
      right += SceneJudge.judge(scene, damage.apply(render(scene, random))).meetsAll() ? 1 : 0;
    }
    return (double) right / count;
  }
}
