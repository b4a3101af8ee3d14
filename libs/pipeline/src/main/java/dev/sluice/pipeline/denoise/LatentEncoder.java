package dev.sluice.pipeline.denoise;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.tensor.LatentScale;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes pictures into latents, to start from them. The autoencoder is loaded when the first picture
 * comes: most requests start from noise.
 */
final class LatentEncoder implements AutoCloseable {

  private final ModelFolder model;
  private final LatentScale scale;
  private final BatchLimit limit;
  private AskedNetwork vae;

  LatentEncoder(ModelFolder model, BatchLimit limit) {
    this.model = model;
    this.limit = limit;
    this.scale = LatentScale.of(model.config("vae"));
  }

  /**
   * Draws latents from what the autoencoder thinks possible, scaled for the denoiser.
   *
   * @param pictures {@code [pictures, channels, height, width]} in [-1, 1]
   */
  HostTensor.Floats encode(HostTensor.Floats pictures, TorchGenerator generator) {
    List<HostTensor.Floats> means = new ArrayList<>();
    List<HostTensor.Floats> spreads = new ArrayList<>();
    for (int i = 0; i < pictures.shape()[0]; i++) {
      Map<String, HostTensor.Floats> outputs =
          vae().ask(Map.of("x", pictures.row(i)), Claim.ANYBODYS);
      means.add(outputs.get("mean"));
      spreads.add(outputs.get("std"));
    }
    HostTensor.Floats mean = Tensors.batch(means);
    HostTensor.Floats spread = Tensors.batch(spreads);
    float[] noise = generator.randn(mean.values().length);
    float[] latents = new float[noise.length];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = mean.values()[i] + spread.values()[i] * noise[i];
    }
    return scale.toDenoiser(new HostTensor.Floats(latents, mean.shape()));
  }

  private synchronized AskedNetwork vae() {
    if (vae == null) {
      vae = new AskedNetwork(Components.network(model, "vae"), limit);
    }
    return vae;
  }

  @Override
  public synchronized void close() {
    if (vae != null) {
      vae.close();
    }
  }
}
