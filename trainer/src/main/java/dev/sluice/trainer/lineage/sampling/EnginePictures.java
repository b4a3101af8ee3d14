package dev.sluice.trainer.lineage.sampling;

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
 * Pictures of a model by the engines that serve it, for what requests have no words for: the
 * numbers that SDXL is told, stopping on the way, and embeddings of one's own.
 */
public final class EnginePictures implements AutoCloseable {

  private static final int AT_ONCE = 16;

  private final TextEncoder text;
  private final DenoiserEngine denoiser;
  private final UpscalerEngine upscaler;

  public EnginePictures(Path model) {
    this(model, model);
  }

  /**
   * With the text encoder of another model, whose states the network was taught.
   *
   * @param text the model that reads captions
   */
  public EnginePictures(Path text, Path model) {
    ModelFolder folder = ModelFolder.open(model);
    this.text = Families.textEncoder(ModelFolder.open(text), BatchLimit.DEFAULT);
    this.denoiser = Families.denoiser(folder, BatchLimit.DEFAULT);
    this.upscaler = Families.upscaler(folder, BatchLimit.DEFAULT);
  }

  /**
   * What is asked for.
   *
   * @param told numbers by {@link TensorNames}, the same for all pictures
   */
  public record Asked(
      Sampling sampling,
      int width,
      int height,
      DenoiseRequest.Span span,
      Map<String, float[]> told) {

    /** All of the way, nothing told but what the model assumes. */
    public static Asked of(int steps, double scale, int width, int height) {
      return new Asked(Sampling.of(steps, scale), width, height, DenoiseRequest.Span.ALL, Map.of());
    }

    public Asked telling(String name, float... numbers) {
      Map<String, float[]> more = new LinkedHashMap<>(told);
      more.put(name, numbers);
      return new Asked(sampling, width, height, span, more);
    }

    public Asked over(DenoiseRequest.Span part) {
      return new Asked(sampling, width, height, part, told);
    }
  }

  /** The text encoder's answer to a caption. */
  public Map<String, HostTensor> read(String caption) {
    return text.encode(Prompt.of(caption));
  }

  /** Latents of captions, from noise that is the same whatever is asked. */
  public List<HostTensor.Floats> latents(List<String> captions, Asked asked, long seed) {
    return latents(captions, asked, seed, TensorNames.LATENT, List.of(), StepListener.NONE);
  }

  /**
   * The same with something that each caption has for itself: what another model left, as {@link
   * TensorNames#LATENT}, or a picture's embedding.
   *
   * @param name by {@link TensorNames}
   * @param own for each caption
   */
  public List<HostTensor.Floats> latents(
      List<String> captions, Asked asked, long seed, String name, List<HostTensor.Floats> own) {
    return latents(captions, asked, seed, name, own, StepListener.NONE);
  }

  private List<HostTensor.Floats> latents(
      List<String> captions,
      Asked asked,
      long seed,
      String name,
      List<HostTensor.Floats> own,
      StepListener listener) {
    List<HostTensor.Floats> latents = new ArrayList<>();
    for (int first = 0; first < captions.size(); first += AT_ONCE) {
      List<Map<String, HostTensor>> inputs = new ArrayList<>();
      for (int i = first; i < Math.min(captions.size(), first + AT_ONCE); i++) {
        Map<String, HostTensor> input = new LinkedHashMap<>(read(captions.get(i)));
        asked.told().forEach((told, n) -> input.put(told, new HostTensor.Floats(n, 1, n.length)));
        if (!own.isEmpty()) {
          input.put(name, own.get(i));
        }
        inputs.add(input);
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
      throw interrupted(e);
    }
  }

  /** Pictures of latents, {@code [3, height, width]} each. */
  public List<float[]> decoded(List<HostTensor.Floats> latents) {
    return decoded(latents, List.of(), 0);
  }

  /**
   * Pictures of latents, or of small pictures.
   *
   * @param enlarging of each network that enlarges
   */
  public List<float[]> decoded(
      List<HostTensor.Floats> latents, List<Sampling> enlarging, long seed) {
    List<float[]> pictures = new ArrayList<>();
    try {
      for (HostTensor.Floats latent : latents) {
        TorchGenerator generator = new TorchGenerator(seed + pictures.size());
        pictures.add(
            upscaler.upscale(latent, enlarging, generator, StepListener.NONE).row(0).values());
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return pictures;
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while pictures were made", e);
  }

  /** Pictures of captions. */
  public List<float[]> pictures(List<String> captions, Asked asked, long seed) {
    return pictures(captions, asked, seed, StepListener.NONE);
  }

  /** The same, with one who watches how their latents are made. */
  public List<float[]> pictures(
      List<String> captions, Asked asked, long seed, StepListener listener) {
    return decoded(latents(captions, asked, seed, TensorNames.LATENT, List.of(), listener));
  }

  @Override
  public void close() {
    text.close();
    denoiser.close();
    upscaler.close();
  }
}
