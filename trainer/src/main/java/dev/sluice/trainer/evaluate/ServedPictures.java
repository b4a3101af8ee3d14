package dev.sluice.trainer.evaluate;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.local.LocalRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pictures of a model as the services would make them. A batch's captions are asked for at once,
 * each by a thread of its own, so that they share network calls as concurrent requests do.
 */
public final class ServedPictures implements PictureSource, AutoCloseable {

  /** What the last stage calls the picture as numbers. */
  private static final String SAMPLE = "sample";

  private final LocalRun model;
  private final GenerationRequest wanted;
  private final ExecutorService callers;

  /**
   * @param model is closed with this
   * @param wanted what every picture has in common; caption and seed are its own
   * @param atOnce how many captions are worked on at the same time
   */
  public ServedPictures(LocalRun model, GenerationRequest wanted, int atOnce) {
    this.model = model;
    this.wanted = wanted;
    this.callers = Executors.newFixedThreadPool(atOnce);
  }

  /**
   * Of a model as it is, of which nothing is wanted but what requests say.
   *
   * @param folder of the model
   */
  public static ServedPictures of(Path folder, int atOnce) {
    return new ServedPictures(LocalRun.of(folder), GenerationRequest.getDefaultInstance(), atOnce);
  }

  @Override
  public List<float[]> pictures(List<String> captions, long[] seeds) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < captions.size(); i++) {
      requests.add(
          GenerationRequest.newBuilder().setPrompt(captions.get(i)).setSeed(seeds[i]).build());
    }
    return answers(requests);
  }

  /** The pictures of requests, with what all have in common, made at the same time. */
  public List<float[]> answers(List<GenerationRequest> requests) {
    List<Future<StageResult>> futures = new ArrayList<>();
    for (GenerationRequest own : requests) {
      GenerationRequest request = wanted.toBuilder().mergeFrom(own).build();
      futures.add(callers.submit(() -> model.generate(request).get(0)));
    }
    return futures.stream().map(ServedPictures::value).toList();
  }

  /**
   * Pictures, and what they cost.
   *
   * @param milliseconds of each, beside the others
   */
  public record Timed(List<float[]> pictures, double milliseconds) {}

  /** The same with their time; what is loaded and built once is no part of it. */
  public Timed timed(List<GenerationRequest> requests) {
    answers(requests.subList(0, 1));
    long start = System.nanoTime();
    List<float[]> pictures = answers(requests);
    return new Timed(pictures, (System.nanoTime() - start) / 1e6 / pictures.size());
  }

  private static float[] value(Future<StageResult> future) {
    try {
      return TensorMessages.floats(SAMPLE, future.get().getOutputsOrThrow(SAMPLE));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pictures were made", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    callers.shutdownNow();
    model.close();
  }
}
