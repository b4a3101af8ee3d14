package dev.sluice.trainer.evaluate;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Tensors;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.trainer.pixels.PixelSampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Many pictures of a model of classes, or of one that knows none. */
public interface ClassSamples extends AutoCloseable {

  /**
   * Makes pictures from noise.
   *
   * @param classes of each
   * @param seed of the noise
   * @return {@code [count, channels, side, side]} in [-1, 1]
   */
  HostTensor.Floats sample(Sampling sampling, long[] classes, long seed);

  @Override
  void close();

  /** Those of a model's kind. */
  static ClassSamples of(Path folder) {
    ModelFolder model = ModelFolder.open(folder);
    return model.pipeline().finish() == PipelineClass.Finish.NONE
        ? new OfPixels(new PixelSampler(folder, PixelSampler.Answers.AS_THEY_ARE, Optional.empty()))
        : new OfLatents(model);
  }

  /** Of pixels, in whole batches. */
  record OfPixels(PixelSampler sampler) implements ClassSamples {

    @Override
    public HostTensor.Floats sample(Sampling sampling, long[] classes, long seed) {
      return sampler.sample(sampling, classes, seed);
    }

    @Override
    public void close() {
      sampler.close();
    }
  }

  /** Of latents, guided, by the engines that serve them. */
  final class OfLatents implements ClassSamples {

    private static final int BATCH = 50;

    /** Guided, and two calls side by side. */
    private static final BatchLimit LIMIT =
        new BatchLimit(BATCH, BatchLimit.DEFAULT.pixels()).sideBySide(2);

    private final DenoiserEngine denoiser;
    private final UpscalerEngine decoder;

    OfLatents(ModelFolder model) {
      this.denoiser = Families.denoiser(model, LIMIT);
      this.decoder = Families.upscaler(model, LIMIT);
    }

    @Override
    public HostTensor.Floats sample(Sampling sampling, long[] classes, long seed) {
      List<HostTensor.Floats> pictures = new ArrayList<>();
      for (int start = 0; start < classes.length; start += BATCH) {
        List<Map<String, HostTensor>> wanted = new ArrayList<>();
        for (int i = start; i < Math.min(classes.length, start + BATCH); i++) {
          wanted.add(
              Map.of(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {classes[i]}, 1)));
        }
        HostTensor.Floats made =
            batch(
                new DenoiseRequest(wanted, sampling, 0, 0, DenoiseRequest.Span.ALL),
                new TorchGenerator(seed * 1_000_003L + start));
        for (int i = 0; i < wanted.size(); i++) {
          pictures.add(made.row(i));
        }
      }
      return Tensors.batch(pictures);
    }

    private HostTensor.Floats batch(DenoiseRequest request, TorchGenerator generator) {
      try {
        HostTensor.Floats latents = denoiser.denoise(request, generator, StepListener.NONE);
        return decoder.upscale(latents, List.of(), Optional.empty(), generator, StepListener.NONE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while pictures were made", e);
      }
    }

    @Override
    public void close() {
      denoiser.close();
      decoder.close();
    }
  }
}
