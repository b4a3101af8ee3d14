package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearMissTest {

  private final SceneSampler scenes = new SceneSampler(World.PAIRS, 3);
  private final SplittableRandom random = new SplittableRandom(4);

  @Test
  void of_isAnotherSceneThatTrainingMayShow() {
    for (int i = 0; i < 5_000; i++) {
      Scene scene = scenes.example(i).scene();
      Scene miss = NearMiss.of(scene, random);

      assertThat(miss).isNotEqualTo(scene).hasSameClassAs(scene);
      assertThat(Holdout.isHeldOut(miss)).isFalse();
    }
  }

  @Test
  void of_changesOneThing() {
    for (int i = 0; i < 5_000; i++) {
      Scene scene = scenes.example(i).scene();
      assertThat(differences(scene, NearMiss.of(scene, random))).as(scene.toString()).hasSize(1);
    }
  }

  private enum Difference {
    BACKGROUND,
    RELATION,
    COLOR,
    SHAPE,
    SIZE
  }

  private static Set<Difference> differences(Scene a, Scene b) {
    Set<Difference> differences = EnumSet.noneOf(Difference.class);
    if (a.background() != b.background()) {
      differences.add(Difference.BACKGROUND);
    }
    if (a instanceof Scene.Pair x && b instanceof Scene.Pair y && x.relation() != y.relation()) {
      differences.add(Difference.RELATION);
    }
    for (int i = 0; i < a.objects().size(); i++) {
      SceneObject x = a.objects().get(i);
      SceneObject y = b.objects().get(i);
      if (x.color() != y.color()) {
        differences.add(Difference.COLOR);
      }
      if (x.shape() != y.shape()) {
        differences.add(Difference.SHAPE);
      }
      if (x.size() != y.size()) {
        differences.add(Difference.SIZE);
      }
    }
    return differences;
  }
}
