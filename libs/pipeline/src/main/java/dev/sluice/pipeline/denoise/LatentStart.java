package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.LATENT;
import static dev.sluice.pipeline.request.TensorNames.MASK;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.loop.KnownRegion;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Steps;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * How a latent model starts. From a picture it goes with the picture's latents noised, or painting
 * into it: a UNet trained for that sees, behind the sample's channels, the mask and the latents of
 * the picture with a hole; with any other, the known part is put back after every step. What
 * another model of the same latents left at a share of the schedule is taken over as it is (Podell
 * et al. 2023, "SDXL", section 2.5; Balaji et al. 2022, "eDiff-I", section 4.1).
 */
final class LatentStart implements AutoCloseable {

  private static final int EXAMPLE_EXTENT = 8;

  private final LatentEncoder encoder;
  private final SampleSpace space;
  private final boolean seesMasks;
  private final int trainTimesteps;

  LatentStart(ModelFolder model, BatchLimit limit) {
    this.encoder = new LatentEncoder(model, limit);
    int latent = model.config("vae").integer("latent_channels", 4);
    this.seesMasks = model.config("unet").integer("in_channels", 4) != latent;
    this.trainTimesteps = model.trainTimesteps("scheduler");
    this.space = SampleSpace.of(model, latent);
  }

  SampleSpace space() {
    return space;
  }

  /**
   * How a request starts: from what another model left, from a latent, from a picture or, with none
   * of them, from noise.
   */
  Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    if (request.span().start().isPresent() && (request.has(LATENT) || request.has(IMAGE))) {
      return takeOver(request, plan, generator);
    }
    if (request.has(LATENT)) {
      return Start.fromPicture(request, plan, request.batch(LATENT), null, generator);
    }
    if (request.has(IMAGE) || seesMasks) {
      return fromPicture(request, plan, generator);
    }
    int[] shape = space.shape(request.pictures(), request.height(), request.width());
    return Start.fromNoise(plan, request.noise(generator), shape);
  }

  /** What another model left is as noisy as it must be. */
  private Start takeOver(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    int step = Steps.above(plan, request.span().start().getAsDouble(), trainTimesteps);
    if (!request.has(LATENT)) {
      return new Start(step, latents(request, generator));
    }
    Start start = new Start(step, request.batch(LATENT));
    if (!request.has(MASK)) {
      return start;
    }
    HostTensor.Floats original = latents(request, generator);
    float[] noise = generator.randn(original.values().length);
    return start.keeping(
        new KnownRegion(original, new HostTensor.Floats(noise, original.shape()), masks(request)));
  }

  private Start fromPicture(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    return seesMasks
        ? withHole(request, plan, generator)
        : Start.fromPicture(request, plan, latents(request, generator), masks(request), generator);
  }

  /** In diffusers' order of random numbers: the picture, the noise, the picture with a hole. */
  private Start withHole(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    HostTensor.Floats masks = masks(request);
    if (masks == null) {
      throw new IllegalArgumentException("this model paints into pictures; it needs a mask");
    }
    int[] shape = masks.shape();
    Start start =
        request.span().strength() == 1
            ? Start.fromNoise(plan, generator, shape[0], space.channels(), shape[2], shape[3])
            : Start.fromPicture(request, plan, latents(request, generator), null, generator);
    return start.appending(Hole.seen(masks, encoder.encode(Hole.in(request), generator)));
  }

  /** The pictures of a request as latents. */
  private HostTensor.Floats latents(DenoiseRequest request, TorchGenerator generator) {
    return request.spread(IMAGE, encoder.encode(request.distinct(IMAGE), generator));
  }

  /** A request's masks at the latents' resolution; null if it has none. */
  private HostTensor.Floats masks(DenoiseRequest request) {
    return request.has(MASK) ? KnownRegion.masks(request, space.downscale()) : null;
  }

  /** What a request must come with besides words, to warm up with. */
  Map<String, HostTensor> example() {
    int side = space.pixels(EXAMPLE_EXTENT);
    return seesMasks
        ? Map.of(IMAGE, Tensors.zeros(1, 3, side, side), MASK, Tensors.zeros(1, 1, side, side))
        : Map.of();
  }

  @Override
  public void close() {
    encoder.close();
  }
}
