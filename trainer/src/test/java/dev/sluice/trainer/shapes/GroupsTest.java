package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GroupsTest {

  private static final SceneObject RED_CIRCLE =
      new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE);
  private static final SceneObject BLUE_CROSS =
      new SceneObject(Shape.CROSS, ShapeColor.BLUE, ObjectSize.SMALL);

  private static Scene.Groups drawn(long seed) {
    return GroupSampler.random(new SplittableRandom(seed));
  }

  private static Scene.Groups groups(SceneGroup... groups) {
    return new Scene.Groups(List.of(groups), Background.WHITE);
  }

  @Test
  void canonical_saysEverything() {
    assertThat(Captions.canonical(groups(new SceneGroup(3, RED_CIRCLE))))
        .isEqualTo("three large red circles on a white background");
    SceneObject star = new SceneObject(Shape.STAR, ShapeColor.ORANGE, ObjectSize.SMALL);
    assertThat(
            Captions.canonical(
                groups(
                    new SceneGroup(2, BLUE_CROSS),
                    new SceneGroup(1, star),
                    new SceneGroup(1, RED_CIRCLE))))
        .isEqualTo(
            "a large red circle, a small orange star and two small blue crosses on a white"
                + " background");
  }

  @Property
  void canonical_isReadBackAsTheScene(@ForAll long seed) {
    Scene.Groups scene = drawn(seed);
    assertThat(read(Captions.canonical(scene))).isEqualTo(told(scene));
  }

  /** Sizes and backgrounds may be left out; nothing else may be, and nothing may be added. */
  @Property(tries = 3_000)
  void sample_saysWhatTheSceneHas(@ForAll long seed) {
    Scene.Groups scene = drawn(seed);
    String caption = Paraphrases.sample(scene, new SplittableRandom(seed + 1));
    List<String> said = read(caption);
    List<String> whole = told(scene);
    assertThat(said).as(caption).hasSameSizeAs(whole);
    for (int i = 0; i < said.size(); i++) {
      assertThat(said.get(i)).as(caption).isIn(whole.get(i), whole.get(i).replaceAll(" \\w+$", ""));
    }
    if (caption.contains("background")) {
      assertThat(caption).contains(scene.background().word() + " background");
    }
    assertThat(caption).doesNotContainPattern("is (two|three|four)|are (an?|one) ");
  }

  /** Groups as "3 red circle large", by color. */
  private static List<String> told(Scene.Groups scene) {
    return scene.groups().stream()
        .map(
            group ->
                "%d %s %s %s"
                    .formatted(
                        group.count(),
                        group.object().color().word(),
                        group.object().shape().word(),
                        group.object().size().words().get(0)))
        .toList();
  }

  private static String any(Stream<String> words) {
    return words.sorted(Comparator.reverseOrder()).collect(Collectors.joining("|", "(", ")"));
  }

  private static final String COLOR = any(Arrays.stream(ShapeColor.values()).map(ShapeColor::word));
  private static final String SHAPE =
      any(Arrays.stream(Shape.values()).flatMap(s -> Stream.of(s.word(), s.plural())));
  private static final String SIZE = "(?:(small|tiny|large|big) )?";
  private static final String NUMBER = "(an?|one|a pair of|two|three|four)";

  /** The ways of telling a group: number, size, color and shape are groups of each, in turn. */
  private static final List<Pattern> FORMS =
      List.of(
          Pattern.compile("(?<s>)" + NUMBER + " " + SIZE + SHAPE + ",? (?:all|that are) " + COLOR),
          Pattern.compile("(?<c>)" + SIZE + COLOR + " " + SHAPE + ", " + NUMBER + " of them"),
          Pattern.compile("(?<n>)" + NUMBER + " " + SIZE + COLOR + " " + SHAPE));

  /** What is said of each group, by color; anything that is not understood fails. */
  private static List<String> read(String caption) {
    String left = caption.replaceAll("(^|,? ?)(on an? )?\\w+ background(, )?", "");
    List<String[]> said = new ArrayList<>();
    for (int form = 0; form < FORMS.size(); form++) {
      for (MatchResult m : FORMS.get(form).matcher(left).results().toList()) {
        said.add(
            switch (form) {
              case 0 -> new String[] {m.group(2), m.group(3), m.group(5), m.group(4)};
              case 1 -> new String[] {m.group(5), m.group(2), m.group(3), m.group(4)};
              default -> new String[] {m.group(2), m.group(3), m.group(4), m.group(5)};
            });
      }
      left = FORMS.get(form).matcher(left).replaceAll("#");
    }
    assertThat(left).as(caption).matches("(there (is|are) |a picture of )?#((, | and | with )#)*");
    return said.stream()
        .sorted(Comparator.comparing(group -> colorOf(group[2])))
        .map(GroupsTest::normal)
        .toList();
  }

  private static ShapeColor colorOf(String word) {
    return ShapeColor.valueOf(word.toUpperCase(java.util.Locale.ROOT));
  }

  private static String normal(String[] said) {
    int count =
        switch (said[0]) {
          case "two", "a pair of" -> 2;
          case "three" -> 3;
          case "four" -> 4;
          default -> 1;
        };
    Shape shape =
        Arrays.stream(Shape.values())
            .filter(s -> (count == 1 ? s.word() : s.plural()).equals(said[3]))
            .findFirst()
            .orElseThrow(() -> new AssertionError(count + " " + said[3]));
    String size =
        said[1] == null ? "" : " " + said[1].replace("tiny", "small").replace("big", "large");
    return "%d %s %s%s".formatted(count, said[2], shape.word(), size);
  }

  @Property
  void layout_keepsObjectsInsideAndApart(@ForAll long seed) {
    Scene.Groups scene = drawn(seed);
    List<SceneLayout.Placement> places =
        SceneLayout.sample(scene, new SplittableRandom(seed)).placements();
    assertThat(places).hasSameSizeAs(scene.objects());
    for (int i = 0; i < places.size(); i++) {
      SceneLayout.Placement a = places.get(i);
      assertThat(ObjectSize.ofDiameter(a.diameter())).isEqualTo(scene.objects().get(i).size());
      for (double at : new double[] {a.x(), a.y()}) {
        assertThat(at - a.diameter() / 2).isGreaterThan(1);
        assertThat(at + a.diameter() / 2).isLessThan(SceneLayout.PICTURE_SIZE - 1);
      }
      for (SceneLayout.Placement b : places.subList(0, i)) {
        double apart = Math.max(Math.abs(a.x() - b.x()), Math.abs(a.y() - b.y()));
        assertThat(apart - (a.diameter() + b.diameter()) / 2).isGreaterThan(4.99);
      }
    }
  }

  @Property(tries = 200)
  void training_neverShowsWhatIsHeldOut(@ForAll long seed) {
    SceneSampler scenes = new SceneSampler(World.GROUPS, seed);
    for (int i = 0; i < 20; i++) {
      assertThat(Holdout.isHeldOut(scenes.example(i).scene())).isFalse();
    }
  }

  @Property
  void nearMiss_isAnotherSceneThatTrainingMayShow(@ForAll long seed) {
    SceneSampler scenes = new SceneSampler(World.GROUPS, seed);
    Scene scene = scenes.example(1).scene();
    Scene miss = NearMiss.of(scene, new SplittableRandom(seed));
    assertThat(miss).isNotEqualTo(scene).hasSameClassAs(scene);
    assertThat(Holdout.isHeldOut(miss)).isFalse();
    if (scene instanceof Scene.Groups groups) {
      // One thing of one group changed, or two groups exchanged it: no number of either is lost.
      assertThat(((Scene.Groups) miss).groups()).hasSameSizeAs(groups.groups());
    }
  }

  /** Every count, shape and color is shown, and all combinations but the few that are held out. */
  @Test
  void training_showsAllButTheHeldOutCounts() {
    SceneSampler scenes = new SceneSampler(World.GROUPS, 3);
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      if (scenes.example(i).scene() instanceof Scene.Groups groups) {
        for (SceneGroup group : groups.groups()) {
          seen.add(group.count() + " " + group.object().shape());
          seen.add(group.count() + " " + group.object().color());
        }
      }
    }
    Set<String> expected = new TreeSet<>();
    for (int count = 1; count <= SceneGroup.MOST; count++) {
      for (Shape shape : Shape.values()) {
        expected.add(count + " " + shape);
      }
      for (ShapeColor color : ShapeColor.values()) {
        expected.add(count + " " + color);
      }
    }
    List<String> heldOut =
        List.of("2 SQUARE", "3 STAR", "4 CROSS", "3 RED", "4 YELLOW", "2 CYAN", "3 PURPLE");
    heldOut.forEach(expected::remove);
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void holdout_takesAPartOfGroups() {
    int counts = 0;
    int combinations = 0;
    for (int seed = 0; seed < 10_000; seed++) {
      counts += Holdout.hasUnseenCount(drawn(seed)) ? 1 : 0;
      combinations += Holdout.isHeldOutCombination(drawn(seed)) ? 1 : 0;
    }
    assertThat(counts / 10_000.0).isBetween(0.15, 0.35);
    assertThat(combinations / 10_000.0).isBetween(0.04, 0.12);
  }

  @Test
  void sampler_drawsEveryKind() {
    Set<List<Integer>> kinds = new HashSet<>();
    for (int seed = 0; seed < 1_000; seed++) {
      kinds.add(drawn(seed).groups().stream().map(SceneGroup::count).sorted().toList());
    }
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            List.of(2),
            List.of(3),
            List.of(4),
            List.of(1, 2),
            List.of(1, 3),
            List.of(2, 2),
            List.of(1, 1, 1),
            List.of(1, 1, 2));
  }

  @Test
  void groups_areOnePictureInAnyOrder() {
    SceneGroup circles = new SceneGroup(2, RED_CIRCLE);
    SceneGroup cross = new SceneGroup(1, BLUE_CROSS);
    assertThat(groups(cross, circles)).isEqualTo(groups(circles, cross));
    assertThat(groups(cross, circles).objects())
        .containsExactly(RED_CIRCLE, RED_CIRCLE, BLUE_CROSS);
  }

  @Test
  void groups_thatAreNoScene_areRefused() {
    SceneObject redCross = new SceneObject(Shape.CROSS, ShapeColor.RED, ObjectSize.SMALL);
    SceneGroup[][] wrong = {
      {new SceneGroup(1, RED_CIRCLE)},
      {new SceneGroup(1, RED_CIRCLE), new SceneGroup(1, BLUE_CROSS)},
      {new SceneGroup(2, RED_CIRCLE), new SceneGroup(1, redCross)},
      {new SceneGroup(3, RED_CIRCLE), new SceneGroup(2, BLUE_CROSS)},
      {},
    };
    for (SceneGroup[] groups : wrong) {
      assertThatThrownBy(() -> groups(groups))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("different colors, and two alike or three to 4 objects");
    }
    assertThatThrownBy(() -> new SceneGroup(5, RED_CIRCLE)).hasMessageContaining("1 to 4");
  }
}
