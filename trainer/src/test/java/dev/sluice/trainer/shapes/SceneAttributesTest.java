package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SceneAttributesTest {

  private static float[] attributes(Scene scene) {
    float[] attributes = new float[SceneAttributes.SIZE];
    SceneAttributes.write(scene, attributes, 0);
    return attributes;
  }

  @Test
  void write_answersEveryQuestionAboutWhatIsThereOnce() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      Scene scene = SceneSampler.random(random);
      float[] attributes = attributes(scene);
      int at = 0;
      for (int question = 0; question < SceneAttributes.CHOICES.size(); question++) {
        float answers = 0;
        for (int choice = 0; choice < SceneAttributes.CHOICES.get(question); choice++) {
          answers += attributes[at++];
        }
        boolean secondObject = question >= SceneAttributes.CHOICES.size() - 3;
        assertThat(answers).isEqualTo(secondObject && scene instanceof Scene.Single ? 0 : 1);
      }
      assertThat(at).isEqualTo(SceneAttributes.SIZE);
    }
  }

  @Test
  void write_answersTheSameForOnePictureToldFromEitherObject() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 200; i++) {
      if (SceneSampler.random(random) instanceof Scene.Pair pair) {
        assertThat(attributes(pair.mirrored())).isEqualTo(attributes(pair));
      }
    }
  }

  @Test
  void write_tellsNearMissesApart() {
    SceneSampler scenes = new SceneSampler(3);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      Scene scene = scenes.example(i).scene();
      Scene miss = NearMiss.of(scene, random);
      boolean samePicture = scene instanceof Scene.Pair pair && miss.equals(pair.mirrored());
      assertThat(Arrays.equals(attributes(miss), attributes(scene))).isEqualTo(samePicture);
    }
  }
}
