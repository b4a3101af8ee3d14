package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.tensor.LatentScale;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests of systems of latents have in common. */
public final class TinyLatents {

  /** The model whose CLIP others are built on. */
  public static final Path CLIP = Path.of(System.getProperty("sluice.models"), "shapes-unclip");

  private TinyLatents() {}

  /** The loss that a phase told at a place such as {@code 10/40}. */
  public static double loss(String told, String phase, String player, String place) {
    String line =
        told.lines()
            .filter(text -> text.startsWith(phase + " ") && text.contains(" " + place + " "))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.replaceAll(".*" + player + "/loss ([0-9.e+-]+) .*", "$1"));
  }

  /** Pictures of the world. */
  static HostTensor.Floats shapes() {
    SceneSampler scenes = new SceneSampler(World.PAIRS, 5);
    SceneSampler.Example[] examples = new SceneSampler.Example[16];
    for (int i = 0; i < examples.length; i++) {
      examples[i] = scenes.example(i);
    }
    return ShapesBatches.pictures(examples);
  }

  /** Whether latents are what a denoiser expects, as far as a few pictures tell. */
  public static void assertUnitVariance(ModelFolder model, HostTensor.Floats pictures) {
    try (Network vae = Components.network(model, "vae")) {
      Map<String, HostTensor.Floats> latent = vae.run(Map.of("x", pictures));
      float[] noise = new TorchGenerator(1).randn(latent.get("mean").values().length);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = latent.get("mean").values()[i] + noise[i] * latent.get("std").values()[i];
      }
      float[] scaled =
          LatentScale.of(model.config("vae"))
              .toDenoiser(new HostTensor.Floats(noise, latent.get("mean").shape()))
              .values();
      double mean = 0;
      double squares = 0;
      for (float value : scaled) {
        mean += value / scaled.length;
        squares += (double) value * value / scaled.length;
      }
      assertThat(Math.sqrt(squares - mean * mean)).isCloseTo(1, within(0.1));
    }
  }

  /** A picture in two guided steps, by the engines that serve. */
  public static HostTensor.Floats picture(ModelFolder model, Map<String, HostTensor> conditions)
      throws InterruptedException {
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT);
        UpscalerEngine decoder = Families.upscaler(model, BatchLimit.DEFAULT)) {
      TorchGenerator generator = new TorchGenerator(1);
      HostTensor.Floats latent =
          engine.denoise(
              DenoiseRequest.of(conditions, Sampling.of(2, 3)), generator, StepListener.NONE);
      return decoder.upscale(latent, List.of(), Optional.empty(), generator, StepListener.NONE);
    }
  }
}
