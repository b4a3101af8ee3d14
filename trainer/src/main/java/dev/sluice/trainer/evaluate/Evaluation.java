package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.shapes.Captions;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.truth.SceneJudge;
import dev.sluice.trainer.truth.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Asks a source for pictures of canonical captions and judges them. */
public final class Evaluation {

  private final PictureSource source;
  private final int batchSize;

  /**
   * @param batchSize how many captions the source is given at once
   */
  public Evaluation(PictureSource source, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("The batch size must be positive, is " + batchSize);
    }
    this.source = source;
    this.batchSize = batchSize;
  }

  /** One picture, what was asked for and how it was judged. */
  public record Judged(Suite suite, Scene scene, String caption, float[] pixels, Verdict verdict) {}

  /**
   * Evaluates the suites of a world.
   *
   * @param perSuite captions of each suite
   * @param each pictures of each caption
   * @param seed of the choice of scenes and of the pictures: the first of caption {@code i} uses
   *     {@code seed+i}, and the next round of pictures the seeds after those
   * @param onJudged told of every picture as soon as it is judged
   */
  public EvaluationTable run(
      World world, int perSuite, int each, long seed, Consumer<Judged> onJudged) {
    return run(world, Suite.of(world), perSuite, each, seed, onJudged);
  }

  /** Evaluates some suites. */
  EvaluationTable run(
      World world,
      List<Suite> suites,
      int perSuite,
      int each,
      long seed,
      Consumer<Judged> onJudged) {
    Map<Suite, List<Verdict>> verdicts = new EnumMap<>(Suite.class);
    for (Suite suite : suites) {
      List<Scene> distinct = suite.scenes(world, perSuite, seed);
      List<Scene> scenes =
          Collections.nCopies(each, distinct).stream().flatMap(List::stream).toList();
      List<Verdict> judged = verdicts.computeIfAbsent(suite, s -> new ArrayList<>());
      for (int start = 0; start < scenes.size(); start += batchSize) {
        List<Scene> batch = scenes.subList(start, Math.min(scenes.size(), start + batchSize));
        List<String> captions = batch.stream().map(Captions::canonical).toList();
        long[] seeds = new long[batch.size()];
        for (int i = 0; i < seeds.length; i++) {
          seeds[i] = seed + start + i;
        }
        List<float[]> pictures = source.pictures(captions, seeds);
        if (pictures.size() != batch.size()) {
          throw new IllegalStateException(
              "Asked for %d pictures, got %d".formatted(batch.size(), pictures.size()));
        }
        for (int i = 0; i < batch.size(); i++) {
          Verdict verdict = SceneJudge.judge(batch.get(i), pictures.get(i));
          judged.add(verdict);
          onJudged.accept(
              new Judged(suite, batch.get(i), captions.get(i), pictures.get(i), verdict));
        }
      }
    }
    return new EvaluationTable(verdicts);
  }
}
