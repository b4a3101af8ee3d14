package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CaptionsTest {

  private static final SceneObject RED_CIRCLE =
      new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE);
  private static final SceneObject BLUE_SQUARE =
      new SceneObject(Shape.SQUARE, ShapeColor.BLUE, ObjectSize.SMALL);

  @Test
  void canonical_saysEverything() {
    assertThat(
            Captions.canonical(
                new Scene.Pair(RED_CIRCLE, Relation.ABOVE, BLUE_SQUARE, Background.WHITE)))
        .isEqualTo("a large red circle above a small blue square on a white background");
    SceneObject orange = new SceneObject(Shape.STAR, ShapeColor.ORANGE, ObjectSize.SMALL);
    assertThat(Captions.canonical(new Scene.Single(orange, Background.BLACK)))
        .isEqualTo("a small orange star on a black background");
  }

  @ParameterizedTest
  @EnumSource
  void caption_usesKnownWordsAndFitsTheTokenLimit(World world) {
    SplittableRandom random = new SplittableRandom(1);
    Set<String> words = world.words();
    for (int i = 0; i < 10_000; i++) {
      List<String> said = split(world.caption(world.random(random), random)).toList();
      assertThat(words).containsAll(said);
      assertThat(said.size() + 2).isLessThanOrEqualTo(ShapesVocabulary.MAX_LENGTH);
    }
  }

  @ParameterizedTest
  @EnumSource
  void caption_usesEveryWordAndManyForms(World world) {
    SplittableRandom random = new SplittableRandom(2);
    Set<String> said = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      split(world.caption(world.random(random), random)).forEach(said::add);
    }
    assertThat(said).isEqualTo(world.words());
    Scene pair = new Scene.Pair(RED_CIRCLE, Relation.ABOVE, BLUE_SQUARE, Background.WHITE);
    Set<String> forms = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      forms.add(world.caption(pair, random));
    }
    assertThat(forms).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void caption_neverContradictsTheScene(World world) {
    SplittableRandom random = new SplittableRandom(3);
    Scene pair = new Scene.Pair(RED_CIRCLE, Relation.ABOVE, BLUE_SQUARE, Background.WHITE);
    for (int i = 0; i < 500; i++) {
      String caption = world.caption(pair, random);
      assertThat(caption).contains("red circle").contains("blue square");
      assertThat(caption).doesNotContain("black").doesNotContain("left");
      // "a circle above a square", "above a square is a circle", "a circle with a square below it".
      boolean circleFirst = caption.indexOf("circle") < caption.indexOf("square");
      boolean turned = caption.matches("(on an? \\w+ background, )?(above|below|over|under) .*");
      boolean told = caption.contains("above") || caption.contains("over");
      boolean with = caption.contains(" it");
      assertThat(told).as(caption).isEqualTo(circleFirst != (turned || with));
    }
  }

  @Test
  void relation_inverseOfInverseIsItself() {
    assertThat(Relation.values()).allMatch(r -> r.inverse().inverse() == r && r.inverse() != r);
  }

  private static Stream<String> split(String caption) {
    return Arrays.stream(caption.replace(",", " ,").split(" "));
  }
}
