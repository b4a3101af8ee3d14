package dev.sluice.parity;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.DiffusionPrior;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.safetensors.TensorSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * unCLIP: diffusers' {@code UnCLIPPipeline} and {@code UnCLIPImageVariationPipeline}, with
 * diffusers' defaults.
 */
final class UnClipRunner {

  private static final Set<String> ARGUMENTS =
      Set.of(
          "prompt",
          "num_images_per_prompt",
          "prior_num_inference_steps",
          "prior_guidance_scale",
          "decoder_num_inference_steps",
          "decoder_guidance_scale",
          "super_res_num_inference_steps",
          "output_type");

  private static final String EMBEDDINGS = "in.image_embeddings";
  private static final String PICTURES = "in.image_clip";

  private final ModelFolder model;
  private final RecordedRun run;
  private final Recorder recorder;
  private final TorchGenerator generator;
  private final RecordedBatch batch;

  private UnClipRunner(ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder) {
    run.requireKnown(ARGUMENTS);
    this.model = model;
    this.run = run;
    this.recorder = recorder;
    this.generator = new TorchGenerator(run.seed());
    this.batch = new RecordedBatch(run, golden);
  }

  static Map<String, HostTensor.Floats> generate(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    return new UnClipRunner(model, run, golden, recorder).generate();
  }

  static Map<String, HostTensor.Floats> vary(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    return new UnClipRunner(model, run, golden, recorder).vary();
  }

  private Map<String, HostTensor.Floats> generate() throws InterruptedException {
    batch.addPrompts(run.prompts(), model);
    List<Map<String, HostTensor>> inputs = batch.inputs();
    try (DiffusionPrior prior = DiffusionPrior.load(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats embeddings =
          prior.sample(
              inputs.stream().map(tensors -> TextEmbedding.of(tensors, "")).toList(),
              inputs.stream()
                  .map(tensors -> TextEmbedding.of(tensors, TensorNames.NEGATIVE))
                  .toList(),
              sampling("prior", 4),
              generator,
              recorder.listener("prior_scheduler"));
      for (int i = 0; i < inputs.size(); i++) {
        inputs.get(i).put(TensorNames.IMAGE_EMBEDS, embeddings.row(i));
      }
    }
    return decode();
  }

  /** Of given pictures' embeddings, or of pictures, and the empty text. */
  private Map<String, HostTensor.Floats> vary() throws InterruptedException {
    int given = batch.rowsOf(EMBEDDINGS) + batch.rowsOf(PICTURES);
    batch.addPrompts(Collections.nCopies(given, Prompt.of("")), model);
    batch.putOfPrompts(EMBEDDINGS, TensorNames.IMAGE_EMBEDS);
    if (batch.rowsOf(PICTURES) > 0) {
      batch.putOfPrompts(PICTURES, TensorNames.IMAGE);
      try (ImageEncoder images = ImageEncoder.load(model, BatchLimit.DEFAULT)) {
        for (Map<String, HostTensor> input : batch.inputs()) {
          HostTensor.Floats picture = (HostTensor.Floats) input.remove(TensorNames.IMAGE);
          input.put(TensorNames.IMAGE_EMBEDS, images.encode(picture));
        }
      }
    }
    return decode();
  }

  private Map<String, HostTensor.Floats> decode() throws InterruptedException {
    DenoiseRequest request =
        new DenoiseRequest(batch.inputs(), sampling("decoder", 8), 0, 0, DenoiseRequest.Span.ALL);
    HostTensor.Floats small;
    try (DenoiserEngine decoder = Families.denoiser(model, BatchLimit.DEFAULT)) {
      small = decoder.denoise(request, generator, recorder.listener("decoder_scheduler"));
    }
    Sampling enlarging = Sampling.ofSteps(run.integer("super_res_num_inference_steps", 7));
    try (UpscalerEngine upscaler = Families.upscaler(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats pictures =
          upscaler.upscale(
              small, List.of(enlarging), generator, recorder.listener("super_res_scheduler"));
      return Map.of("out.image", Images.output(pictures, run, CallDefaults.Tensors.LIKE_ARRAYS));
    }
  }

  private Sampling sampling(String part, double guidanceScale) {
    return Sampling.of(
        run.integer(part + "_num_inference_steps", 25),
        run.number(part + "_guidance_scale", guidanceScale));
  }
}
