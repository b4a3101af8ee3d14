package dev.sluice.bench;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.local.LocalRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What step batching is worth: 16 requests that differ in prompt, seed, steps and guidance, one
 * after the other and then all at once, on the same loaded model in the same run.
 */
public final class MixedBatchBench {

  private static final int REQUESTS = 16;
  private static final int ROUNDS = 3;
  private static final List<String> SHAPES = List.of("circle", "square", "triangle", "star");
  private static final List<String> COLORS = List.of("red", "green", "blue", "yellow");

  private MixedBatchBench() {}

  /** Arguments: an unCLIP's folder. */
  public static void main(String[] args) throws Exception {
    List<GenerationRequest> requests = requests();
    try (LocalRun model = LocalRun.of(Path.of(args[0]))) {
      List<float[]> alone = oneAtATime(model, requests);
      List<float[]> company = together(model, requests);
      System.out.printf(
          "largest difference of a pixel made in company: %.2f / 255%n",
          255 * largestDifference(alone, company) / 2);
      double best = 0;
      for (int round = 1; round <= ROUNDS; round++) {
        Stopwatch first = new Stopwatch();
        oneAtATime(model, requests);
        double aloneRate = REQUESTS / first.seconds();
        Stopwatch second = new Stopwatch();
        together(model, requests);
        double togetherRate = REQUESTS / second.seconds();
        best = Math.max(best, togetherRate / aloneRate);
        System.out.printf(
            "round %d: one at a time %.2f pictures/s, together %.2f pictures/s, ratio %.2f%n",
            round, aloneRate, togetherRate, togetherRate / aloneRate);
      }
      System.out.printf("best ratio %.2f%n", best);
    }
  }

  private static List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(
          Asked.picture(
              "a large " + COLORS.get(i % 4) + " " + SHAPES.get(i / 4),
              i,
              Asked.sampling(15 + i % 5, 2 + i % 3),
              Asked.sampling(18 + i % 7, 1 + i % 4),
              5 + i % 3));
    }
    return requests;
  }

  private static List<float[]> oneAtATime(LocalRun model, List<GenerationRequest> requests) {
    return requests.stream().map(request -> Asked.values(model.generate(request).get(0))).toList();
  }

  private static List<float[]> together(LocalRun model, List<GenerationRequest> requests)
      throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(REQUESTS);
    try {
      List<Future<float[]>> calls = new ArrayList<>();
      for (GenerationRequest request : requests) {
        calls.add(callers.submit(() -> Asked.values(model.generate(request).get(0))));
      }
      List<float[]> pictures = new ArrayList<>();
      for (Future<float[]> call : calls) {
        pictures.add(call.get());
      }
      return pictures;
    } finally {
      callers.shutdownNow();
    }
  }

  private static double largestDifference(List<float[]> one, List<float[]> other) {
    double largest = 0;
    for (int i = 0; i < one.size(); i++) {
      for (int j = 0; j < one.get(i).length; j++) {
        double a = Math.max(-1, Math.min(1, one.get(i)[j]));
        double b = Math.max(-1, Math.min(1, other.get(i)[j]));
        largest = Math.max(largest, Math.abs(a - b));
      }
    }
    return largest;
  }
}
