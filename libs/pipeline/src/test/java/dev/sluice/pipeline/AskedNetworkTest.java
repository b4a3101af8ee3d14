package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.tensor.Tensors;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is asked of encoders and decoders by many at a time. */
class AskedNetworkTest {

  private static final int CALLERS = 8;
  private static final ModelFolder MODEL =
      ModelFolder.open(Path.of(System.getProperty("sluice.goldens"), "pipe-sd"));

  private interface Asking {
    Object ask() throws Exception;
  }

  /** Asks as many times at once. */
  private static void together(Asking asking) {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      Stream.generate(() -> asking)
          .limit(CALLERS)
          .map(each -> CompletableFuture.runAsync(() -> run(each), callers))
          .toList()
          .forEach(CompletableFuture::join);
    } finally {
      callers.shutdownNow();
    }
  }

  private static void run(Asking asking) {
    try {
      asking.ask();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void pictures_areDecodedInCallsOfBoundedSize() throws Exception {
    int downscale = MODEL.sampleSize().downscale();
    long pixelsOfTwo = 2L * 8 * 8 * downscale * downscale;
    HostTensor.Floats latent = Tensors.zeros(1, 4, 8, 8);
    try (UpscalerEngine decoder = Families.upscaler(MODEL, new BatchLimit(32, pixelsOfTwo))) {
      together(() -> decoder.upscale(latent, List.of(), new TorchGenerator(0), StepListener.NONE));

      StepBatcher batcher = decoder.batchers().get(0);
      assertThat(batcher.rows()).isEqualTo(CALLERS);
      assertThat(batcher.calls()).isBetween(CALLERS / 2L, (long) CALLERS);
    }
  }

  @Test
  void texts_ofSeveralCallersAreEncodedByOneBatcher() {
    try (TextEncoder encoder = Families.textEncoder(MODEL, BatchLimit.DEFAULT)) {
      together(() -> encoder.encode(Prompt.of("a text of " + Thread.currentThread().getName())));

      // The empty negative prompt is remembered, unless several asked before it was.
      assertThat(encoder.batchers().get(0).rows()).isBetween(CALLERS + 1L, 2L * CALLERS);
    }
  }
}
