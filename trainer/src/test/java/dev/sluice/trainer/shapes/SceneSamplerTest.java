package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SceneSamplerTest {

  private final SceneSampler sampler = new SceneSampler(World.PAIRS, 7);

  @Test
  void example_dependsOnSeedAndIndexAlone() {
    sampler.example(3);
    assertThat(sampler.example(12)).isEqualTo(new SceneSampler(World.PAIRS, 7).example(12));
    assertThat(sampler.example(12).pixels())
        .isEqualTo(new SceneSampler(World.PAIRS, 7).example(12).pixels());
    assertThat(sampler.example(12)).isNotEqualTo(new SceneSampler(World.PAIRS, 8).example(12));
    assertThat(sampler.example(12)).isNotEqualTo(sampler.example(13));
  }

  @Test
  void example_neverShowsHeldOutScenes() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(Holdout.isHeldOut(sampler.example(i).scene())).isFalse();
    }
  }

  @Test
  void example_showsEveryConceptAndEveryRelation() {
    Set<String> concepts = new HashSet<>();
    Set<Relation> relations = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      Scene scene = sampler.example(i).scene();
      scene.objects().forEach(o -> concepts.add(o.shape() + " " + o.color()));
      if (scene instanceof Scene.Pair pair) {
        relations.add(pair.relation());
      }
    }
    int unseen = Shape.values().length;
    assertThat(concepts).hasSize(Shape.values().length * ShapeColor.values().length - unseen);
    assertThat(relations).containsExactlyInAnyOrder(Relation.values());
  }

  @Test
  void holdout_takesAwayEachShapeAndEachColorAtMostOnce() {
    assertThat(Arrays.stream(Shape.values()).map(Holdout::unseenColor)).doesNotHaveDuplicates();
  }

  @Test
  void holdout_treatsAPairAndItsMirrorAlike() {
    SplittableRandom random = new SplittableRandom(5);
    int held = 0;
    int pairs = 0;
    for (int i = 0; i < 20_000; i++) {
      if (World.PAIRS.random(random) instanceof Scene.Pair pair) {
        assertThat(Holdout.isHeldOut(pair)).isEqualTo(Holdout.isHeldOut(pair.mirrored()));
        pairs++;
        held += Holdout.isHeldOutCombination(pair) ? 1 : 0;
      }
    }
    assertThat((double) held / pairs).isBetween(0.07, 0.13);
  }

  @Test
  void layout_keepsObjectsInsideApartAndRelated() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 20_000; i++) {
      Scene scene = World.PAIRS.random(random);
      SceneLayout layout = SceneLayout.sample(scene, random);
      for (SceneLayout.Placement p : layout.placements()) {
        assertThat(p.x() - p.diameter() / 2).isGreaterThan(1);
        assertThat(p.y() - p.diameter() / 2).isGreaterThan(1);
        assertThat(p.x() + p.diameter() / 2).isLessThan(SceneLayout.PICTURE_SIZE - 1);
        assertThat(p.y() + p.diameter() / 2).isLessThan(SceneLayout.PICTURE_SIZE - 1);
      }
      for (int o = 0; o < scene.objects().size(); o++) {
        assertThat(ObjectSize.ofDiameter(layout.placements().get(o).diameter()))
            .isEqualTo(scene.objects().get(o).size());
      }
      if (scene instanceof Scene.Pair pair) {
        SceneLayout.Placement a = layout.placements().get(0);
        SceneLayout.Placement b = layout.placements().get(1);
        double dx = a.x() - b.x();
        double dy = a.y() - b.y();
        assertThat(Relation.of(dx, dy)).isEqualTo(pair.relation());
        assertThat(Math.max(Math.abs(dx), Math.abs(dy)))
            .isGreaterThan((a.diameter() + b.diameter()) / 2 + 2.9);
      }
    }
  }

  @Test
  void pair_rejectsEqualColors() {
    SceneObject circle = new SceneObject(Shape.CIRCLE, ShapeColor.RED, ObjectSize.LARGE);
    SceneObject square = new SceneObject(Shape.SQUARE, ShapeColor.RED, ObjectSize.LARGE);
    assertThatThrownBy(() -> new Scene.Pair(circle, Relation.ABOVE, square, Background.WHITE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("red");
  }

  @Test
  void palette_keepsColorsApart() {
    for (ShapeColor a : ShapeColor.values()) {
      for (ShapeColor b : ShapeColor.values()) {
        if (a != b) {
          assertThat(distance(a.color(), b.color())).as(a + " " + b).isGreaterThan(90);
        }
      }
      for (Background b : Background.values()) {
        assertThat(distance(a.color(), b.color())).as(a + " " + b).isGreaterThan(70);
      }
    }
  }

  @Test
  void pixels_survivesAnImage() {
    float[] pixels = sampler.example(1).pixels();
    assertThat(pixels).hasSize(3 * 64 * 64);
    assertThat(Pixels.fromImage(Pixels.toImage(pixels, 64, 64))).isEqualTo(pixels);
  }

  private static double distance(java.awt.Color a, java.awt.Color b) {
    return Math.sqrt(
        Math.pow(a.getRed() - b.getRed(), 2)
            + Math.pow(a.getGreen() - b.getGreen(), 2)
            + Math.pow(a.getBlue() - b.getBlue(), 2));
  }
}
