package dev.sluice.parity;

import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.parity.Reference;
import dev.sluice.pipeline.BatchLimit;
import dev.sluice.pipeline.ImageEncoding;
import dev.sluice.pipeline.ModelFolder;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.UnClipPipeline;
import dev.sluice.pipeline.UnClipRequest;
import dev.sluice.safetensors.TensorSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** unCLIP: diffusers' {@code UnCLIPPipeline} and {@code UnCLIPImageVariationPipeline}. */
final class UnClipRunner {

  private static final Set<String> ARGUMENTS =
      Set.of(
          "prompt",
          "prior_num_inference_steps",
          "prior_guidance_scale",
          "decoder_num_inference_steps",
          "decoder_guidance_scale",
          "super_res_num_inference_steps",
          "output_type");

  private UnClipRunner() {}

  static Map<String, HostTensor.Floats> generate(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    UnClipRequest request = request(run);
    try (UnClipPipeline pipeline = UnClipPipeline.load(model, BatchLimit.DEFAULT)) {
      return Map.of(
          "out.image",
          Images.output(pipeline.generate(request, part -> recorder.listener(name(part))), run));
    }
  }

  static Map<String, HostTensor.Floats> vary(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    UnClipRequest request = request(run);
    HostTensor.Floats embedding = embedding(model, golden);
    try (UnClipPipeline pipeline = UnClipPipeline.load(model, BatchLimit.DEFAULT)) {
      return Map.of(
          "out.image",
          Images.output(
              pipeline.vary(embedding, request, part -> recorder.listener(name(part))), run));
    }
  }

  private static HostTensor.Floats embedding(ModelFolder model, TensorSource golden) {
    if (golden.names().contains("in.image_embeddings")) {
      return Reference.of(golden, "in.image_embeddings").tensor();
    }
    try (ImageEncoding images = ImageEncoding.load(model)) {
      return images.encode(Reference.of(golden, "in.image_clip").tensor());
    }
  }

  /** With the defaults of diffusers. */
  private static UnClipRequest request(RecordedRun run) {
    run.requireKnown(ARGUMENTS);
    return new UnClipRequest(
        run.text("prompt", ""),
        "",
        run.seed(),
        Sampling.of(
            run.integer("prior_num_inference_steps", 25), run.number("prior_guidance_scale", 4)),
        Sampling.of(
            run.integer("decoder_num_inference_steps", 25),
            run.number("decoder_guidance_scale", 8)),
        List.of(Sampling.ofSteps(run.integer("super_res_num_inference_steps", 7))));
  }

  private static String name(UnClipPipeline.Part part) {
    return switch (part) {
      case PRIOR -> "prior_scheduler";
      case DECODER -> "decoder_scheduler";
      case SUPER_RESOLUTION -> "super_res_scheduler";
    };
  }
}
