package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pictures of a latent model by the engines that serve it, for what requests have no words for: the
 * numbers that SDXL is told, and stopping on the way.
 */
final class EnginePictures implements AutoCloseable {

  private static final int AT_ONCE = 16;

  private final TextEncoder text;
  private final DenoiserEngine denoiser;
  private final UpscalerEngine decoder;

  EnginePictures(Path model) {
    ModelFolder folder = ModelFolder.open(model);
    this.text = Families.textEncoder(folder, BatchLimit.DEFAULT);
    this.denoiser = Families.denoiser(folder, BatchLimit.DEFAULT);
    this.decoder = Families.upscaler(folder, BatchLimit.DEFAULT);
  }

  /**
   * What is asked for.
   *
   * @param told numbers by {@link TensorNames}, the same for all pictures
   */
  record Asked(
      Sampling sampling,
      int width,
      int height,
      DenoiseRequest.Span span,
      Map<String, float[]> told) {

    /** All of the way, nothing told but what the model assumes. */
    static Asked of(int steps, double scale, int width, int height) {
      return new Asked(Sampling.of(steps, scale), width, height, DenoiseRequest.Span.ALL, Map.of());
    }

    Asked telling(String name, float... numbers) {
      Map<String, float[]> more = new LinkedHashMap<>(told);
      more.put(name, numbers);
      return new Asked(sampling, width, height, span, more);
    }

    Asked over(DenoiseRequest.Span part) {
      return new Asked(sampling, width, height, part, told);
    }
  }

  /** Latents of captions, from noise that is the same whatever is asked. */
  List<HostTensor.Floats> latents(List<String> captions, Asked asked, long seed) {
    return latents(captions, asked, seed, List.of());
  }

  /**
   * The same, from what another model left.
   *
   * @param begun for each caption; empty for noise
   */
  List<HostTensor.Floats> latents(
      List<String> captions, Asked asked, long seed, List<HostTensor.Floats> begun) {
    return latents(captions, asked, seed, begun, StepListener.NONE);
  }

  private List<HostTensor.Floats> latents(
      List<String> captions,
      Asked asked,
      long seed,
      List<HostTensor.Floats> begun,
      StepListener listener) {
    List<HostTensor.Floats> latents = new ArrayList<>();
    for (int first = 0; first < captions.size(); first += AT_ONCE) {
      List<Map<String, HostTensor>> inputs = new ArrayList<>();
      for (int i = first; i < Math.min(captions.size(), first + AT_ONCE); i++) {
        Map<String, HostTensor> own = new LinkedHashMap<>(text.encode(Prompt.of(captions.get(i))));
        asked.told().forEach((name, n) -> own.put(name, new HostTensor.Floats(n, 1, n.length)));
        if (!begun.isEmpty()) {
          own.put(TensorNames.LATENT, begun.get(i));
        }
        inputs.add(own);
      }
      HostTensor.Floats batch = denoised(inputs, asked, seed + first, listener);
      for (int row = 0; row < inputs.size(); row++) {
        latents.add(batch.row(row));
      }
    }
    return latents;
  }

  private HostTensor.Floats denoised(
      List<Map<String, HostTensor>> inputs, Asked asked, long seed, StepListener listener) {
    DenoiseRequest request =
        new DenoiseRequest(inputs, asked.sampling(), asked.height(), asked.width(), asked.span());
    try {
      return denoiser.denoise(request, new TorchGenerator(seed), listener);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pictures were made", e);
    }
  }

  /** Pictures of latents, {@code [3, height, width]} each. */
  List<float[]> decoded(List<HostTensor.Floats> latents) {
    List<float[]> pictures = new ArrayList<>();
    for (HostTensor.Floats latent : latents) {
      try {
        pictures.add(
            decoder
                .upscale(latent, List.of(), new TorchGenerator(0), StepListener.NONE)
                .row(0)
                .values());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while pictures were made", e);
      }
    }
    return pictures;
  }

  /** Pictures of captions. */
  List<float[]> pictures(List<String> captions, Asked asked, long seed) {
    return pictures(captions, asked, seed, StepListener.NONE);
  }

  /** The same, with one who watches how their latents are made. */
  List<float[]> pictures(List<String> captions, Asked asked, long seed, StepListener listener) {
    return decoded(latents(captions, asked, seed, List.of(), listener));
  }

  @Override
  public void close() {
    text.close();
    denoiser.close();
    decoder.close();
  }
}
