package dev.sluice.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.trainer.shapes.Captions;
import dev.sluice.trainer.shapes.Holdout;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.SceneRenderer;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.truth.Aspect;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {

  private static final List<Suite> SUITES = Suite.of(World.PAIRS);

  @Test
  void run_givesAPerfectSourceFullMarks() {
    EvaluationTable table = evaluate(UnaryOperator.identity());
    for (Suite suite : SUITES) {
      assertThat(table.all(suite)).isEqualTo(new Proportion(30, 30));
    }
    assertThat(table.of(Suite.SINGLE_NEW_CONCEPT, Aspect.RELATION).trials()).isZero();
    assertThat(table.of(Suite.PAIR_NEW_COMBINATION, Aspect.RELATION).trials()).isEqualTo(30);
  }

  @Test
  void run_chargesASourceThatMirrorsPairsWithTheRelationAlone() {
    EvaluationTable table =
        evaluate(
            scene ->
                scene instanceof Scene.Pair p
                    ? new Scene.Pair(p.second(), p.relation(), p.first(), p.background())
                    : scene);
    assertThat(table.of(Suite.PAIR_NEW_COMBINATION, Aspect.RELATION).successes()).isZero();
    assertThat(table.of(Suite.PAIR_NEW_COMBINATION, Aspect.BINDING).successes()).isEqualTo(30);
    assertThat(table.all(Suite.SINGLE_NEW_COMBINATION).successes()).isEqualTo(30);
  }

  @Test
  void run_batchesCaptionsAndNumbersSeeds() {
    List<Integer> sizes = new ArrayList<>();
    List<Long> seeds = new ArrayList<>();
    PictureSource blank =
        (captions, batchSeeds) -> {
          sizes.add(captions.size());
          Arrays.stream(batchSeeds).forEach(seeds::add);
          return captions.stream().map(c -> new float[3 * 64 * 64]).toList();
        };
    EvaluationTable table =
        new Evaluation(blank, 4)
            .run(World.PAIRS, List.of(Suite.SINGLE_NEW_CONCEPT), 10, 1, 5, judged -> {});
    assertThat(sizes).containsExactly(4, 4, 2);
    assertThat(seeds).containsExactly(5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L);
    assertThat(table.all(Suite.SINGLE_NEW_CONCEPT)).isEqualTo(new Proportion(0, 10));
  }

  @Test
  void run_asksForSeveralPicturesOfACaptionByOtherSeeds() {
    List<String> captions = new ArrayList<>();
    List<Long> seeds = new ArrayList<>();
    PictureSource blank =
        (some, batchSeeds) -> {
          captions.addAll(some);
          Arrays.stream(batchSeeds).forEach(seeds::add);
          return some.stream().map(c -> new float[3 * 64 * 64]).toList();
        };
    EvaluationTable table =
        new Evaluation(blank, 4)
            .run(World.GROUPS, List.of(Suite.ALIKE_NEW_COUNT), 3, 2, 5, judged -> {});
    assertThat(captions.subList(0, 3)).doesNotHaveDuplicates().isEqualTo(captions.subList(3, 6));
    assertThat(seeds).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(table.all(Suite.ALIKE_NEW_COUNT)).isEqualTo(new Proportion(0, 6));
  }

  @Test
  void run_failsOnMissingPictures() {
    Evaluation evaluation = new Evaluation((captions, seeds) -> List.of(), 4);
    assertThatThrownBy(() -> evaluation.run(World.PAIRS, 3, 1, 1, judged -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Asked for 3");
  }

  @Test
  void suites_keepToTheirKind() {
    for (World world : World.values()) {
      for (Suite suite : Suite.of(world)) {
        List<Scene> scenes = suite.scenes(world, 60, 3);
        assertThat(scenes).hasSize(60).allMatch(suite::contains);
        assertThat(scenes).allMatch(s -> Holdout.isHeldOut(s) == (suite != Suite.SEEN));
        assertThat(suite.scenes(world, 60, 3)).isEqualTo(scenes);
      }
    }
    assertThat(Suite.of(World.GROUPS)).containsExactly(Suite.values());
    for (Suite suite : List.of(Suite.PAIR_NEW_COMBINATION, Suite.ALIKE_NEW_COUNT)) {
      assertThat(suite.scenes(World.GROUPS, 300, 1)).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SINGLE_NEW_COMBINATION, 92fef739",
    "SINGLE_NEW_CONCEPT, 2222fb53",
    "PAIR_NEW_COMBINATION, 648e923f",
    "SEEN, 1c987045"
  })
  void suitesOfPairs_askModelsThatShipTheSameAsEver(Suite suite, String sum) {
    CRC32 captions = new CRC32();
    for (Scene scene : suite.scenes(World.PAIRS, 100, 1)) {
      captions.update(Captions.canonical(scene).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Long.toHexString(captions.getValue())).isEqualTo(sum);
  }

  @Test
  void markdown_hasARowPerAspect() {
    String table = evaluate(UnaryOperator.identity()).toMarkdown();
    assertThat(table)
        .contains("| two objects, new combination: relation | 30 | 30 | 100.0 | 88.6 to 100.0 |")
        .contains("| one object, color new to the shape: everything | 30 | 30 |")
        .doesNotContain("one object, new combination: relation");
  }

  @Test
  void tasks_areThoseOfGenEval() {
    // Pairs are mirrored: all is right but the position.
    EvaluationTable table =
        evaluate(
            scene ->
                scene instanceof Scene.Pair p
                    ? new Scene.Pair(p.second(), p.relation(), p.first(), p.background())
                    : scene);
    TaskTable tasks = table.byTask();
    assertThat(tasks.of(Task.POSITION).successes()).isZero();
    for (Task task : Task.values()) {
      Proportion done = tasks.of(task);
      assertThat(done.trials() > 0).as(task.title()).isEqualTo(task != Task.COUNTING);
      if (task != Task.POSITION) {
        assertThat(done.successes()).as(task.title()).isEqualTo(done.trials());
      }
    }
    assertThat(tasks.toMarkdown())
        .contains(
            "| captions | single object | two objects | colors | position | color attribution |")
        .contains("| held out of training | 100.0 (94.0 to 100.0) | 100.0 (88.6 to 100.0) |")
        .contains("| held out of training | 5 | 100.0 | 100.0 (94.0 to 100.0) |")
        .contains("| held out of training | 9 | 88.9 | 0.0 (0.0 to 11.4) |");
  }

  @Test
  void tasksOfGroups_areAllSixAndCountingIsOfGroups() {
    // Of groups one object is lost: all is right but counting.
    TaskTable tasks =
        evaluate(
                World.GROUPS,
                scene ->
                    scene instanceof Scene.Groups groups
                        ? new Scene.Single(groups.objects().get(0), groups.background())
                        : scene)
            .byTask();
    for (Task task : Task.values()) {
      Proportion done = tasks.of(task);
      assertThat(done.trials()).as(task.title()).isPositive();
      assertThat(done.successes())
          .as(task.title())
          .isEqualTo(task == Task.COUNTING ? 0 : done.trials());
    }
    assertThat(tasks.toMarkdown())
        .contains(
            "| captions | single object | two objects | counting | colors | position"
                + " | color attribution |")
        // Of four objects one is there, and the background: 4 of 14.
        .contains("| held out of training | 14 | 28.6 | 0.0 (0.0 to ");
  }

  @Test
  void proportion_hasWilsonsInterval() {
    // Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
    Proportion proportion = new Proportion(81, 263);
    assertThat(proportion.lower()).isCloseTo(0.2553, within(5e-5));
    assertThat(proportion.upper()).isCloseTo(0.3662, within(5e-5));
    assertThatThrownBy(() -> new Proportion(3, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void proportion_intervalHoldsTheShare(
      @ForAll @IntRange(min = 1, max = 5000) int trials, @ForAll @IntRange(max = 5000) int some) {
    Proportion proportion = new Proportion(some % (trials + 1), trials);
    assertThat(proportion.lower()).isBetween(0.0, proportion.share() + 1e-12);
    assertThat(proportion.upper()).isBetween(proportion.share() - 1e-12, 1.0);
  }

  @Test
  void sheet_showsEveryPixelAndTheVerdict(@TempDir Path folder) throws IOException {
    SampleSheet sheet = new SampleSheet(3, 2);
    new Evaluation(renderer(World.PAIRS, UnaryOperator.identity()), 8)
        .run(World.PAIRS, List.of(Suite.PAIR_NEW_COMBINATION), 4, 1, 1, sheet::add);
    float[] picture = new float[3 * 16 * 16];
    Arrays.fill(picture, 1);
    sheet.add("a caption", picture, 16, 16);
    Path file = folder.resolve("deep/sheet.png");
    sheet.write(file);
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(sheet.size()).isEqualTo(5);
    assertThat(image.getWidth()).isEqualTo(3 * (128 + 16));
    assertThat(image.getRGB(6, 6)).isEqualTo(0xff1e963c);
    assertThat(image.getRGB(8, 8)).isEqualTo(image.getRGB(9, 9));
  }

  @Test
  void font_wrapsBetweenWordsAndDrawsInk() {
    assertThat(PixelFont.wrap("a large red circle", 60, 4))
        .containsExactly("a large", "red circle");
    assertThat(PixelFont.wrap("one two three", 18, 2)).containsExactly("one", "two");
    assertThat(PixelFont.wrap("unbreakable", 30, 2)).containsExactly("unbre");
  }

  private static EvaluationTable evaluate(UnaryOperator<Scene> change) {
    return evaluate(World.PAIRS, change);
  }

  private static EvaluationTable evaluate(World world, UnaryOperator<Scene> change) {
    return new Evaluation(renderer(world, change), 16).run(world, 30, 1, 2, judged -> {});
  }

  /** Draws what the caption says, after a change: a model whose faults are known. */
  private static PictureSource renderer(World world, UnaryOperator<Scene> change) {
    Map<String, Scene> scenes = new HashMap<>();
    for (Suite suite : Suite.of(world)) {
      for (int seed = 1; seed <= 2; seed++) {
        suite
            .scenes(world, 30, seed)
            .forEach(scene -> scenes.put(Captions.canonical(scene), scene));
      }
    }
    return (captions, seeds) -> {
      List<float[]> pictures = new ArrayList<>();
      for (int i = 0; i < captions.size(); i++) {
        Scene scene = change.apply(scenes.get(captions.get(i)));
        SceneLayout layout = SceneLayout.sample(scene, new SplittableRandom(seeds[i]));
        pictures.add(SceneRenderer.pixels(scene, layout));
      }
      return pictures;
    };
  }
}
