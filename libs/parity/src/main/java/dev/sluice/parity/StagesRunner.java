package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.DiffusionPrior;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a model through its stages, one after the other, with the arguments of a recording. */
final class StagesRunner {

  private static final Set<String> ARGUMENTS =
      Set.of(
          "prompt",
          "prompt_2",
          "prompt_3",
          "negative_prompt",
          "negative_prompt_2",
          "negative_prompt_3",
          "num_images_per_prompt",
          "num_inference_steps",
          "timesteps",
          "guidance_scale",
          "guidance_rescale",
          "eta",
          "height",
          "width",
          "strength",
          "denoising_start",
          "denoising_end",
          "noise_level",
          "max_sequence_length",
          "batch_size",
          "class_labels",
          "original_size",
          "crops_coords_top_left",
          "target_size",
          "aesthetic_score",
          "negative_original_size",
          "negative_crops_coords_top_left",
          "negative_target_size",
          "negative_aesthetic_score",
          "output_type");

  private static final List<String> SIZES =
      List.of(TensorNames.ORIGINAL_SIZE, TensorNames.CROP_CORNER, TensorNames.TARGET_SIZE);

  private final ModelFolder model;
  private final RecordedRun run;
  private final TensorSource golden;
  private final CallDefaults defaults;
  private final TorchGenerator generator;
  private final StepListener listener;

  private StagesRunner(ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder) {
    this.model = model;
    this.run = run;
    this.golden = golden;
    this.defaults = CallDefaults.of(run.className());
    this.generator = new TorchGenerator(run.seed());
    this.listener = recorder.listener("scheduler");
  }

  static Map<String, HostTensor.Floats> pictures(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    run.requireKnown(ARGUMENTS);
    return new StagesRunner(model, run, golden, recorder).pictures();
  }

  static Map<String, HostTensor.Floats> embeddings(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    run.requireKnown(ARGUMENTS);
    return new StagesRunner(model, run, golden, recorder).embeddings();
  }

  private Map<String, HostTensor.Floats> pictures() throws InterruptedException {
    DenoiseRequest request =
        new DenoiseRequest(
            inputs(),
            sampling(),
            run.integer("height", defaults.size()),
            run.integer("width", defaults.size()),
            new DenoiseRequest.Span(
                run.number("strength", defaults.strength()),
                run.share("denoising_start"),
                run.share("denoising_end")));
    HostTensor.Floats sample;
    try (DenoiserEngine denoiser = Families.denoiser(model, BatchLimit.DEFAULT)) {
      sample = denoiser.denoise(request, generator, listener);
    }
    if (run.text("output_type", "np").equals("latent")) {
      return Map.of(run.outputs().get(0), sample);
    }
    try (UpscalerEngine decoder = Families.upscaler(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats picture = decoder.upscale(sample, List.of(), generator, StepListener.NONE);
      return Map.of(run.outputs().get(0), Images.output(picture, run, defaults.tensors()));
    }
  }

  /** Kandinsky's prior: with negative prompts, what they stand for is sampled in the same batch. */
  private Map<String, HostTensor.Floats> embeddings() throws InterruptedException {
    List<Prompt> prompts = new ArrayList<>(run.prompts());
    boolean unwanted = prompts.stream().allMatch(prompt -> prompt.negative().isPresent());
    if (unwanted) {
      for (Prompt prompt : run.prompts()) {
        Prompt negative = prompt.negative().orElseThrow();
        prompts.add(negative.without(negative));
      }
    }
    RecordedBatch batch = new RecordedBatch(run, golden);
    batch.addPrompts(prompts, model);
    List<TextEmbedding> texts = new ArrayList<>();
    List<TextEmbedding> negatives = new ArrayList<>();
    for (Map<String, HostTensor> tensors : batch.inputs()) {
      texts.add(TextEmbedding.of(tensors, ""));
      negatives.add(TextEmbedding.of(tensors, TensorNames.NEGATIVE));
    }
    try (DiffusionPrior prior = DiffusionPrior.load(model, BatchLimit.DEFAULT);
        ImageEncoder images = ImageEncoder.load(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats sampled = prior.sample(texts, negatives, sampling(), generator, listener);
      int pictures = unwanted ? texts.size() / 2 : texts.size();
      HostTensor.Floats none =
          unwanted
              ? Images.rows(sampled, pictures, pictures)
              : Images.repeated(images.noPicture(), pictures);
      return Map.of(
          "out.image_embeds", Images.rows(sampled, 0, pictures), "out.negative_image_embeds", none);
    }
  }

  private Sampling sampling() {
    Sampling sampling =
        Sampling.of(
                run.integer("num_inference_steps", defaults.steps()),
                run.number("guidance_scale", defaults.guidanceScale()))
            .by(defaults.sampler())
            .withEta(run.number("eta", 0))
            .noising(run.whole("noise_level"))
            .guided(new GuidanceOptions(run.number("guidance_rescale", 0), 0, 1));
    List<Integer> stops = run.integers("timesteps");
    return stops.isEmpty() ? sampling : sampling.at(stops);
  }

  /** Of each picture of the batch. */
  private List<Map<String, HostTensor>> inputs() {
    RecordedBatch batch = new RecordedBatch(run, golden);
    if (model.pipeline().takesText()) {
      batch.addPrompts(run.prompts(), model);
    }
    for (JsonNode label : run.arguments().path("class_labels")) {
      batch.add(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {label.asLong()}, 1));
    }
    batch.fillUpTo(Math.max(run.integer("batch_size", 1), batch.picturesOf("in.image_embeds")));
    batch.putOfPrompts("in.image_embeds", TensorNames.IMAGE_EMBEDS);
    batch.putOfPrompts("in.negative_image_embeds", TensorNames.NEGATIVE + TensorNames.IMAGE_EMBEDS);
    batch.putInTurn("in.image_latent", TensorNames.LATENT, latent -> latent);
    if (defaults.tensors() == CallDefaults.Tensors.RAW) {
      batch.putOfPrompts("in.image", TensorNames.IMAGE);
    } else {
      batch.putInTurn("in.image", TensorNames.IMAGE, Images::centered);
    }
    putSizes(batch);
    return batch.inputs();
  }

  /**
   * SDXL's. Whether what is not wanted has sizes and a cut of its own is told from the arguments as
   * diffusers' two pipelines do it: that from text only if there are both sizes, that from a
   * picture always, but the cut only for models that are told an aesthetic score.
   */
  private void putSizes(RecordedBatch batch) {
    SIZES.forEach(size -> putNumbers(batch, size));
    putNumbers(batch, TensorNames.AESTHETIC_SCORE);
    putNumbers(batch, TensorNames.NEGATIVE + TensorNames.AESTHETIC_SCORE);
    boolean fromPicture = run.className().equals("StableDiffusionXLImg2ImgPipeline");
    boolean both =
        run.arguments().hasNonNull(TensorNames.NEGATIVE + TensorNames.ORIGINAL_SIZE)
            && run.arguments().hasNonNull(TensorNames.NEGATIVE + TensorNames.TARGET_SIZE);
    if (fromPicture || both) {
      putNumbers(batch, TensorNames.NEGATIVE + TensorNames.ORIGINAL_SIZE);
      putNumbers(batch, TensorNames.NEGATIVE + TensorNames.TARGET_SIZE);
    }
    if (fromPicture ? model.setting("requires_aesthetics_score", false) : both) {
      batch.putAll(TensorNames.NEGATIVE + TensorNames.CROP_CORNER, numbers(0, 0));
      putNumbers(batch, TensorNames.NEGATIVE + TensorNames.CROP_CORNER);
    }
  }

  /** A number, or a list of some, that goes by the same name here. */
  private void putNumbers(RecordedBatch batch, String name) {
    JsonNode value = run.arguments().path(name);
    if (value.isNumber()) {
      batch.putAll(name, numbers(value.doubleValue()));
    } else if (value.isArray()) {
      double[] values = new double[value.size()];
      Arrays.setAll(values, i -> value.get(i).asDouble());
      batch.putAll(name, numbers(values));
    }
  }

  private static HostTensor numbers(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return new HostTensor.Floats(floats, 1, floats.length);
  }
}
