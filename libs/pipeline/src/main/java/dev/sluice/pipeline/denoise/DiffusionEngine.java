package dev.sluice.pipeline.denoise;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleGrid;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.gradient.GradientGuidance;
import dev.sluice.pipeline.gradient.GradientGuidances;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.FeatureCache;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.loop.StepProgram;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.InputChecks;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.Steps;
import dev.sluice.pipeline.request.TensorNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Denoises: from noise, or a picture, to a picture or latent of the model's base size. Safe for use
 * by several threads at once, which then share network calls.
 */
public final class DiffusionEngine implements DenoiserEngine {

  private static final int WARM_UP_STEPS = 2;
  private static final double WARM_UP_SCALE = 2;
  private static final int PICTURE_CHANNELS = 3;

  private final DenoiserFamily denoiser;
  private final StepBatcher batcher;
  private final GradientGuidances guides;
  private final Previews previews;
  private final int trainTimesteps;
  private final int classes;
  private final int steeredClasses;
  private final SampleGrid grid;
  private final Map<String, HostTensor> example;

  private DiffusionEngine(
      ModelFolder model, Function<ModelFolder, DenoiserFamily> family, BatchLimit limit) {
    this.trainTimesteps = model.trainTimesteps(model.pipeline().denoiser().scheduler());
    this.classes = model.classes();
    this.steeredClasses = model.steeredClasses();
    this.grid = SampleGrid.of(model);
    try (Closer closer = new Closer()) {
      this.denoiser = closer.opened(family.apply(model));
      this.example = denoiser.example();
      this.guides = closer.opened(new GradientGuidances(model, denoiser.space(), limit));
      this.previews = closer.opened(new Previews(model, denoiser.space(), limit));
      this.batcher =
          closer.opened(
              new StepBatcher(
                  Components.name(model, model.pipeline().denoiser().component()),
                  RowNetwork.of(denoiser.trained().network()),
                  limit));
      closer.handOver();
    }
  }

  /**
   * Loads the denoiser of a model, with all that conditions it.
   *
   * @param family loads what is particular to its kind of model
   */
  public static DiffusionEngine load(
      ModelFolder model, Function<ModelFolder, DenoiserFamily> family, BatchLimit limit) {
    return model.load(folder -> new DiffusionEngine(folder, family, limit));
  }

  @Override
  public HostTensor.Floats denoise(
      DenoiseRequest request, TorchGenerator generator, StepListener listener)
      throws InterruptedException {
    List<GradientGuidance> wanted = guides.wanted(request.sampling().guidance());
    if (!(denoiser.trained().network().architecture() instanceof UNet2DConditionModel)) {
      request.sampling().requireUncached("denoiser of this model");
    }
    if (!denoiser.enlarges()) {
      request.sampling().requireNoNoise("denoiser");
    }
    requireWorkable(request);
    SamplingPlan plan =
        request.sampling().plan(denoiser.trained().scheduler(), denoiser.tokens(request));
    Start start = denoiser.start(request, plan, generator);
    start.requireWorkable(denoiser.space().channels(), grid);
    int end = Steps.end(plan, request.span().end(), trainTimesteps);
    GuidanceInterval interval =
        GuidanceInterval.of(plan, request.sampling().guidance(), trainTimesteps);
    StepProgram program =
        StepProgram.of(guidance(request, start), interval)
            .caching(new FeatureCache(request.sampling().cacheInterval()))
            .corrected(wanted.stream().map(guidance -> guidance.of(request)).toList())
            .until(end);
    DenoiseLoop loop = DenoiseLoop.startAt(plan, start, program, generator, listener);
    batcher.run(loop);
    NonFiniteOutputException.refuseSample(batcher.name(), "the sample", loop.sample());
    return denoiser.finish(loop.sample());
  }

  @Override
  public HostTensor.Floats invert(
      DenoiseRequest request, TorchGenerator generator, StepListener listener)
      throws InterruptedException {
    request.sampling().guidance().requireUnsteered("inversion");
    requireWorkable(request);
    SamplingPlan plan = request.sampling().inversion(denoiser.trained().scheduler());
    Start start = new Start(0, denoiser.clean(request));
    start.requireWorkable(denoiser.space().channels(), grid);
    DenoiseLoop loop =
        DenoiseLoop.startAt(
            plan, start, guidance(request, start), GuidanceInterval.ALL, generator, listener);
    batcher.run(loop);
    return loop.sample();
  }

  /** Before anything is made of it, as far as that can be told. */
  private void requireWorkable(DenoiseRequest request) {
    boolean steered = request.sampling().guidance().classifierScale() > 0;
    for (Map<String, HostTensor> inputs : request.inputs()) {
      InputChecks.requireLike(example, inputs);
      InputChecks.requireClass(inputs, steered ? steeredClasses : classes);
      for (String sample : List.of(TensorNames.LATENT, TensorNames.NOISE, TensorNames.END_NOISE)) {
        InputChecks.requirePicture(inputs, sample, denoiser.space().channels());
      }
      InputChecks.requirePicture(inputs, TensorNames.MASK, 1);
      InputChecks.requirePicture(inputs, TensorNames.IMAGE, PICTURE_CHANNELS);
    }
  }

  @Override
  public Previews previews() {
    return previews;
  }

  private List<Guidance> guidance(DenoiseRequest request, Start start) {
    return IntStream.range(0, request.pictures())
        .mapToObj(picture -> denoiser.guidance(request, picture, start))
        .toList();
  }

  @Override
  public void warmUp() throws InterruptedException {
    Map<String, HostTensor> any = new LinkedHashMap<>(example);
    any.putIfAbsent(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[1], 1));
    denoise(
        DenoiseRequest.of(
            any,
            Sampling.of(WARM_UP_STEPS, WARM_UP_SCALE).openableOver(denoiser.trained().scheduler())),
        new TorchGenerator(0),
        StepListener.NONE);
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(batcher);
  }

  @Override
  public void close() {
    batcher.close();
    guides.close();
    previews.close();
    denoiser.close();
  }
}
