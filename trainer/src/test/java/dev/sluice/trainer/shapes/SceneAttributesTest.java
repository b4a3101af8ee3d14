package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneAttributesTest {

  private static float[] attributes(World world, Scene scene) {
    SceneAttributes questions = new SceneAttributes(world);
    float[] attributes = new float[questions.size()];
    questions.write(scene, attributes, 0);
    return attributes;
  }

  @ParameterizedTest
  @EnumSource
  void write_answersEveryQuestionAboutWhatIsThereOnce(World world) {
    SceneAttributes questions = new SceneAttributes(world);
    int each = world == World.GROUPS ? 4 : 3;
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      Scene scene = world.random(random);
      float[] attributes = attributes(world, scene);
      int things =
          scene instanceof Scene.Groups groups ? groups.groups().size() : scene.objects().size();
      int at = 0;
      for (int question = 0; question < questions.choices().size(); question++) {
        float answers = 0;
        for (int choice = 0; choice < questions.choices().get(question); choice++) {
          answers += attributes[at++];
        }
        assertThat(answers).isEqualTo(question < 2 + each * things ? 1 : 0);
      }
      assertThat(at).isEqualTo(questions.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_answersTheSameForOnePictureToldFromEitherObject(World world) {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 200; i++) {
      if (world.random(random) instanceof Scene.Pair pair) {
        assertThat(attributes(world, pair.mirrored())).isEqualTo(attributes(world, pair));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_tellsNearMissesApart(World world) {
    SceneSampler scenes = new SceneSampler(world, 3);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      Scene scene = scenes.example(i).scene();
      Scene miss = NearMiss.of(scene, random);
      boolean samePicture = scene instanceof Scene.Pair pair && miss.equals(pair.mirrored());
      assertThat(Arrays.equals(attributes(world, miss), attributes(world, scene)))
          .isEqualTo(samePicture);
    }
  }
}
