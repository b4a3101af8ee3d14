package dev.sluice.trainer.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws scenes of groups: half of them of one, half of several. */
final class GroupSampler {

  /** How many objects the groups of a scene have. */
  private static final List<List<Integer>> SEVERAL =
      List.of(List.of(1, 2), List.of(1, 3), List.of(2, 2), List.of(1, 1, 1), List.of(1, 1, 2));

  private GroupSampler() {}

  static Scene.Groups random(SplittableRandom random) {
    Background background = SceneSampler.pick(Background.values(), random);
    List<Integer> counts =
        random.nextBoolean()
            ? List.of(random.nextInt(2, SceneGroup.MOST + 1))
            : SEVERAL.get(random.nextInt(SEVERAL.size()));
    List<SceneGroup> groups = new ArrayList<>();
    while (groups.size() < counts.size()) {
      SceneObject object = SceneSampler.object(random);
      if (groups.stream().noneMatch(other -> other.object().color() == object.color())) {
        groups.add(new SceneGroup(counts.get(groups.size()), object));
      }
    }
    return new Scene.Groups(groups, background);
  }
}
