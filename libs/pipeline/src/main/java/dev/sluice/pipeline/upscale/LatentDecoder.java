package dev.sluice.pipeline.upscale;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleSize;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.InputChecks;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.LatentScale;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The decoder of a latent space (Rombach et al. 2022, section 3.1), pictures that are decoded at
 * the same time share its memory. Large latents are decoded in tiles.
 */
public final class LatentDecoder implements UpscalerEngine {

  /** Latents up to this extent are decoded whole: 1024 pixels of Stable Diffusion. */
  private static final int LARGEST_WHOLE = 128;

  private final AskedNetwork autoencoder;
  private final LatentScale scale;
  private final Ports ports;
  private final int channels;
  private final int downscale;

  /**
   * The names under which an autoencoder takes a latent and gives a picture.
   *
   * @param channels of a latent, where the config does not say
   */
  private record Ports(String latent, String picture, int channels) {

    static Ports of(String component) {
      return switch (component) {
        // MoVQ's latents are decoded without being replaced by the nearest of its codes.
        case "movq" -> new Ports("h_not_quantized", "sample_not_quantized", 3);
        case "vqvae" -> new Ports("codes", "sample", VqVae2Model.LEVELS);
        default -> new Ports("z", "sample", 4);
      };
    }
  }

  public LatentDecoder(ModelFolder model, BatchLimit limit) {
    String component = model.pipeline().autoencoder();
    Config config = model.config(component);
    this.downscale = SampleSize.downscale(config);
    // The limit is one of pixels, and a row here has as many as its picture.
    this.autoencoder =
        new AskedNetwork(
            Components.network(model, component), limit.perValue(downscale * downscale));
    this.ports = Ports.of(component);
    this.scale =
        component.equals("vae")
            ? LatentScale.of(config)
            : new LatentScale(1, 0, List.of(), List.of());
    this.channels = config.integer("latent_channels", ports.channels());
  }

  @Override
  public HostTensor.Floats upscale(
      HostTensor.Floats sample,
      List<Sampling> samplings,
      Optional<PaintedPicture> painted,
      TorchGenerator generator,
      StepListener listener) {
    InputChecks.requirePicture(Map.of(TensorNames.SAMPLE, sample), TensorNames.SAMPLE, channels);
    List<HostTensor.Floats> pictures = new ArrayList<>();
    for (int i = 0; i < sample.shape()[0]; i++) {
      listener.beforeStep();
      pictures.add(decoded(sample.row(i), listener.claim()));
    }
    return Tensors.batch(pictures);
  }

  /** One picture of one latent, {@code [1, channels, height, width]} both. */
  public HostTensor.Floats decoded(HostTensor.Floats sample, Claim claim) {
    HostTensor.Floats latent = scale.toAutoencoder(sample);
    boolean whole = Math.max(latent.shape()[2], latent.shape()[3]) <= LARGEST_WHOLE;
    return whole
        ? decode(latent, claim)
        : new TiledDecoding(downscale, tile -> decode(tile, claim)).decode(latent);
  }

  private HostTensor.Floats decode(HostTensor.Floats latent, Claim claim) {
    return autoencoder.ask(Map.of(ports.latent(), latent), claim).get(ports.picture());
  }

  @Override
  public void warmUp() {
    decode(Tensors.zeros(1, channels, 8, 8), Claim.ANYBODYS);
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(autoencoder.batcher());
  }

  @Override
  public void close() {
    autoencoder.close();
  }
}
