package dev.sluice.trainer.lineage;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.Suite;
import dev.sluice.trainer.shapes.Captions;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.SceneRenderer;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.truth.Aspect;
import dev.sluice.trainer.truth.SceneJudge;
import dev.sluice.trainer.truth.SceneReader;
import dev.sluice.trainer.truth.SceneReading;
import dev.sluice.trainer.truth.SeenObject;
import dev.sluice.trainer.truth.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Captions that were held out of training, one object and two in turn, and pictures of them. They
 * are of the world of pairs, which is part of the larger one, and held out there too.
 */
final class HeldOut {

  private final List<Scene> scenes = new ArrayList<>();
  private final long seed;

  HeldOut(int count, long seed) {
    List<Scene> singles = Suite.SINGLE_NEW_COMBINATION.scenes(World.PAIRS, (count + 1) / 2, seed);
    List<Scene> pairs = Suite.PAIR_NEW_COMBINATION.scenes(World.PAIRS, count / 2, seed);
    for (int i = 0; i < count; i++) {
      scenes.add((i % 2 == 0 ? singles : pairs).get(i / 2));
    }
    this.seed = seed;
  }

  /** As many as there shall be samples. */
  static HeldOut of(Setup setup) {
    return new HeldOut(Math.max(2, setup.samples()), setup.seeds().get(0));
  }

  int count() {
    return scenes.size();
  }

  /** The captions, which say everything. */
  List<String> captions() {
    return scenes.stream().map(Captions::canonical).toList();
  }

  /**
   * A request for each.
   *
   * @param again which picture of the same captions: each has a seed of its own, and these are the
   *     same whatever the sampling
   */
  List<GenerationRequest> requests(SamplingSettings sampling, int again) {
    List<GenerationRequest> requests = new ArrayList<>();
    List<String> texts = captions();
    for (int i = 0; i < texts.size(); i++) {
      requests.add(
          GenerationRequest.newBuilder()
              .setPrompt(texts.get(i))
              .setSeed(seed * 1_000_003L + (long) again * texts.size() + i)
              .setDenoiser(sampling)
              .build());
    }
    return requests;
  }

  /**
   * Real pictures.
   *
   * @param again which ones: each has a layout of its own
   * @return {@code [3, 64, 64]} in [-1, 1] each
   */
  List<float[]> rendered(int again) {
    List<SceneLayout> layouts = layouts(again);
    List<float[]> pictures = new ArrayList<>();
    for (int i = 0; i < scenes.size(); i++) {
      pictures.add(SceneRenderer.pixels(scenes.get(i), layouts.get(i)));
    }
    return pictures;
  }

  /** Where the objects of these are. */
  List<SceneLayout> layouts(int again) {
    SplittableRandom random = new SplittableRandom(seed * 31 + again);
    return scenes.stream().map(scene -> SceneLayout.sample(scene, random)).toList();
  }

  /** How many pictures show all that was asked for. */
  Proportion right(List<float[]> pictures) {
    return judged(pictures, Verdict::meetsAll);
  }

  /** How many have the right colors on the right shapes. */
  Proportion bound(List<float[]> pictures) {
    return judged(pictures, verdict -> verdict.meets(Aspect.BINDING));
  }

  /** How many of those of two objects have them stand to each other as was asked for. */
  Proportion related(List<float[]> pictures) {
    int met = 0;
    int asked = 0;
    for (int i = 0; i < pictures.size(); i++) {
      Verdict verdict = SceneJudge.judge(scenes.get(i), pictures.get(i));
      asked += verdict.asked().contains(Aspect.RELATION) ? 1 : 0;
      met += verdict.meets(Aspect.RELATION) ? 1 : 0;
    }
    return new Proportion(met, asked);
  }

  /** The same as {@link #right(List)} of pictures that need not be square. */
  Proportion right(List<float[]> pictures, int width, int height) {
    int met = 0;
    for (int i = 0; i < pictures.size(); i++) {
      SceneReading reading = SceneReader.read(pictures.get(i), width, height);
      met += SceneJudge.judge(scenes.get(i), reading).meetsAll() ? 1 : 0;
    }
    return new Proportion(met, pictures.size());
  }

  /** How many square pictures have an object that goes on where they end. */
  static Proportion cut(List<float[]> pictures) {
    long cut =
        pictures.stream()
            .filter(
                picture -> SceneReader.read(picture).objects().stream().anyMatch(SeenObject::cut))
            .count();
    return new Proportion((int) cut, pictures.size());
  }

  /** The mean overlap of what square pictures show with the shape that fits best. */
  static double fit(List<float[]> pictures) {
    return pictures.stream()
        .flatMap(picture -> SceneReader.read(picture).objects().stream())
        .mapToDouble(SeenObject::fit)
        .average()
        .orElse(0);
  }

  private Proportion judged(List<float[]> pictures, Predicate<Verdict> asked) {
    int met = 0;
    for (int i = 0; i < pictures.size(); i++) {
      met += asked.test(SceneJudge.judge(scenes.get(i), pictures.get(i))) ? 1 : 0;
    }
    return new Proportion(met, pictures.size());
  }

  /** The mean of the root mean square distances of pictures to others of the same captions. */
  static double distance(List<float[]> some, List<float[]> others) {
    double sum = 0;
    for (int i = 0; i < some.size(); i++) {
      double squares = 0;
      for (int at = 0; at < some.get(i).length; at++) {
        double difference = some.get(i)[at] - others.get(i)[at];
        squares += difference * difference;
      }
      sum += Math.sqrt(squares / some.get(i).length);
    }
    return sum / some.size();
  }

  /** Pictures as they are {@link #rendered}, reduced. */
  static List<float[]> reduced(List<float[]> pictures, int side) {
    return pictures.stream().map(picture -> ShapesBatches.reduced(picture, side)).toList();
  }

  /** The first of them in one tensor. */
  static HostTensor.Floats first(List<float[]> pictures, int count) {
    int rows = Math.min(count, pictures.size());
    int side = Pixels.side(pictures.get(0));
    float[] values = new float[rows * 3 * side * side];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(pictures.get(row), 0, values, row * 3 * side * side, 3 * side * side);
    }
    return new HostTensor.Floats(values, rows, 3, side, side);
  }
}
