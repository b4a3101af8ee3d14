package dev.sluice.pipeline;

import dev.sluice.diffusion.SamplingPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The networks beside a model's denoiser that can steer it, loaded. */
final class Guides implements AutoCloseable {

  private final ModelFolder model;
  private final List<Guide> guides = new ArrayList<>();

  Guides(ModelFolder model, SampleSpace space, BatchLimit limit) {
    this.model = model;
    if (model.has(ClassifierGuide.COMPONENT)) {
      guides.add(new ClassifierGuide(model, limit));
    }
    // CLIP sees pictures, not latents, and compares them with a caption's projected embedding.
    if (model.has(ClipGuide.COMPONENT)
        && space.downscale() == 1
        && model.pipeline().text() == PipelineClass.Text.CLIP_PROJECTED) {
      guides.add(new ClipGuide(model, limit));
    }
  }

  /**
   * Those that a request wants; none if the denoiser is to go its own way.
   *
   * @throws IllegalArgumentException if it wants one that is not there
   */
  List<Guide> wanted(GuidanceOptions options) {
    require(ClassifierGuide.class, options.classifierScale(), "classifier_scale", "classifier");
    require(ClipGuide.class, options.clipScale(), "clip_scale", "image_encoder for its pictures");
    return guides.stream().filter(guide -> guide.scale(options) > 0).toList();
  }

  private void require(Class<? extends Guide> kind, double scale, String field, String component) {
    if (scale > 0 && !has(kind)) {
      throw new IllegalArgumentException(
          "%s is %s, but model %s has no %s; leave it out"
              .formatted(field, scale, model.name(), component));
    }
  }

  private boolean has(Class<? extends Guide> kind) {
    return guides.stream().anyMatch(kind::isInstance);
  }

  /** Options that want every guide there is, to warm up with. */
  GuidanceOptions all() {
    return new GuidanceOptions(
        0, 0, 1, has(ClassifierGuide.class) ? 1 : 0, has(ClipGuide.class) ? 1 : 0);
  }

  /** Drives a loop up to step {@code end}, steering its answers within {@code interval}. */
  static void drive(
      DenoiseLoop loop,
      SamplingPlan plan,
      DenoiseRequest request,
      List<Guide> wanted,
      GuidanceInterval interval,
      StepBatcher denoiser,
      int end)
      throws InterruptedException {
    while (loop.step() < end && !loop.finished()) {
      denoiser.run(loop.asking());
      if (interval.contains(loop.step())) {
        loop.steer(plan.level(loop.step()), gradients(loop.sights(), request, wanted));
      }
      loop.advance();
    }
  }

  /** The sum over all guides: what they say is true at once. */
  private static List<float[]> gradients(
      List<Guide.Sight> sights, DenoiseRequest request, List<Guide> wanted)
      throws InterruptedException {
    List<float[]> sums = Collections.emptyList();
    for (Guide guide : wanted) {
      List<float[]> gradients = guide.gradients(request, sights);
      sums = sums.isEmpty() ? gradients : added(sums, gradients);
    }
    return sums;
  }

  private static List<float[]> added(List<float[]> sums, List<float[]> more) {
    for (int picture = 0; picture < sums.size(); picture++) {
      float[] sum = sums.get(picture);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more.get(picture)[i];
      }
    }
    return sums;
  }

  List<StepBatcher> batchers() {
    return guides.stream().map(Guide::batcher).toList();
  }

  @Override
  public void close() {
    guides.forEach(Guide::close);
  }
}
