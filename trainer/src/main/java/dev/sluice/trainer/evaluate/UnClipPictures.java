package dev.sluice.trainer.evaluate;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.UnClipPipeline;
import dev.sluice.pipeline.UnClipRequest;
import dev.sluice.pipeline.loop.StepListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/**
 * Pictures of an unCLIP. A batch's captions are asked for at once, each by a thread of its own, so
 * that they share network calls as concurrent requests to the services do.
 */
final class UnClipPictures implements PictureSource, AutoCloseable {

  private final UnClipPipeline pipeline;
  private final BiFunction<String, Long, UnClipRequest> requests;
  private final ExecutorService callers;

  /**
   * @param requests what to ask for, by caption and seed
   * @param atOnce how many captions are worked on at the same time
   */
  UnClipPictures(
      UnClipPipeline pipeline, BiFunction<String, Long, UnClipRequest> requests, int atOnce) {
    this.pipeline = pipeline;
    this.requests = requests;
    this.callers = Executors.newFixedThreadPool(atOnce);
  }

  @Override
  public List<float[]> pictures(List<String> captions, long[] seeds) {
    List<Future<HostTensor.Floats>> futures = new ArrayList<>();
    for (int i = 0; i < captions.size(); i++) {
      UnClipRequest request = requests.apply(captions.get(i), seeds[i]);
      futures.add(callers.submit(() -> pipeline.generate(request, part -> StepListener.NONE)));
    }
    return futures.stream().map(UnClipPictures::value).toList();
  }

  private static float[] value(Future<HostTensor.Floats> future) {
    try {
      return future.get().values();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pictures were made", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    callers.shutdownNow();
    pipeline.close();
  }
}
