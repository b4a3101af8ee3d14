package dev.sluice.pipeline.denoise;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.tensor.Pictures;
import dev.sluice.pipeline.upscale.LatentDecoder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small pictures of unfinished samples, made by a thread of their own: nobody's next step waits for
 * them, and those that come while many wait are left out. Safe for use by several threads at once.
 */
public final class Previews implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Previews.class);

  /** A picture of Stable Diffusion from latents of this extent has 256 pixels a side. */
  private static final int LARGEST_LATENT = 32;

  private static final int LARGEST_PICTURE = 256;
  private static final int MOST_WAITING = 8;
  private static final int GREY = 1;
  private static final int RGB = 3;

  private final ModelFolder model;
  private final SampleSpace space;
  private final BatchLimit limit;
  private final ExecutorService maker;
  private LatentDecoder decoder;

  /**
   * @param space of the samples
   */
  public Previews(ModelFolder model, SampleSpace space, BatchLimit limit) {
    this.model = model;
    this.space = space;
    this.limit = limit;
    this.maker =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread thread = new Thread(task, "previews-" + model.name());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Makes a picture of a sample and returns before that.
   *
   * @param sample {@code [pictures, channels, height, width]} as the denoiser has it, clean; of
   *     several pictures the first is shown
   * @param shown given a PNG file of at most 256 pixels a side, or never called
   */
  public void show(HostTensor.Floats sample, Consumer<byte[]> shown) {
    try {
      maker.execute(() -> make(sample, shown));
    } catch (RejectedExecutionException e) {
      LOG.trace("Too many previews wait already", e);
    }
  }

  private void make(HostTensor.Floats sample, Consumer<byte[]> shown) {
    try {
      shown.accept(Pictures.png(picture(sample.row(0))));
    } catch (RuntimeException e) {
      LOG.warn("A preview of model {} could not be made: {}", model.name(), e.toString());
    }
  }

  HostTensor.Floats picture(HostTensor.Floats sample) {
    if (space.downscale() > 1) {
      HostTensor.Floats small = atMost(LARGEST_LATENT, sample);
      return atMost(LARGEST_PICTURE, decoder().decoded(small, Claim.ANYBODYS));
    }
    int channels = sample.shape()[1];
    if (channels != GREY && channels != RGB) {
      throw new IllegalStateException("samples of %d channels are no pictures".formatted(channels));
    }
    return atMost(LARGEST_PICTURE, sample);
  }

  /** The autoencoder is another stage's; it is loaded here when the first preview is asked for. */
  private synchronized LatentDecoder decoder() {
    if (decoder == null) {
      decoder = model.load(folder -> new LatentDecoder(folder, limit));
    }
    return decoder;
  }

  private static HostTensor.Floats atMost(int extent, HostTensor.Floats image) {
    int[] shape = image.shape();
    int largest = Math.max(shape[2], shape[3]);
    if (largest <= extent) {
      return image;
    }
    int height = Math.max(1, shape[2] * extent / largest);
    int width = Math.max(1, shape[3] * extent / largest);
    float[] values =
        Resampling.BICUBIC_ANTIALIAS.resize(
            image.values(), shape[1], shape[2], shape[3], height, width);
    return new HostTensor.Floats(values, 1, shape[1], height, width);
  }

  @Override
  public synchronized void close() {
    maker.shutdownNow();
    if (decoder != null) {
      decoder.close();
    }
  }
}
