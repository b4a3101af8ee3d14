package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.parity.Reference;
import dev.sluice.pipeline.BatchLimit;
import dev.sluice.pipeline.DenoiseRequest;
import dev.sluice.pipeline.DenoiserEngine;
import dev.sluice.pipeline.ModelFolder;
import dev.sluice.pipeline.PriorEngine;
import dev.sluice.pipeline.Prompt;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.StepListener;
import dev.sluice.pipeline.TensorNames;
import dev.sluice.pipeline.TextEmbedding;
import dev.sluice.pipeline.TextEncoder;
import dev.sluice.pipeline.UpscalerEngine;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Runs a model through its stages, one after the other, with the arguments of a recording. */
final class StagesRunner {

  private static final Set<String> ARGUMENTS =
      Set.of(
          "prompt",
          "prompt_2",
          "prompt_3",
          "negative_prompt",
          "num_images_per_prompt",
          "num_inference_steps",
          "timesteps",
          "guidance_scale",
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
          "output_type");

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

  static Map<String, HostTensor.Floats> picture(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    run.requireKnown(ARGUMENTS);
    return new StagesRunner(model, run, golden, recorder).picture();
  }

  static Map<String, HostTensor.Floats> embeddings(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException {
    run.requireKnown(ARGUMENTS);
    return new StagesRunner(model, run, golden, recorder).embeddings();
  }

  private Map<String, HostTensor.Floats> picture() throws InterruptedException {
    DenoiseRequest request =
        new DenoiseRequest(
            inputs(),
            sampling(),
            run.integer("height", 0),
            run.integer("width", 0),
            new DenoiseRequest.Span(
                run.number("strength", defaults.strength()),
                share("denoising_start"),
                share("denoising_end")),
            whole("noise_level"));
    HostTensor.Floats sample;
    try (DenoiserEngine denoiser = DenoiserEngine.load(model, BatchLimit.DEFAULT)) {
      sample = denoiser.denoise(request, generator, listener);
    }
    if (outputType().equals("latent")) {
      return Map.of(run.outputs().get(0), sample);
    }
    try (UpscalerEngine decoder = UpscalerEngine.load(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats picture = decoder.upscale(sample, List.of(), generator, StepListener.NONE);
      boolean untouched = defaults.rawTensors() && outputType().equals("pt");
      return Map.of(run.outputs().get(0), untouched ? picture : Images.output(picture, run));
    }
  }

  private Map<String, HostTensor.Floats> embeddings() throws InterruptedException {
    boolean unwanted = run.arguments().path("negative_prompt").isTextual();
    Prompt prompt = prompts().get(0);
    TextEmbedding text;
    TextEmbedding negative;
    try (TextEncoder encoder = TextEncoder.load(model)) {
      Map<String, HostTensor> tensors = encoder.encode(prompt);
      text = TextEmbedding.of(tensors, "");
      negative = TextEmbedding.of(tensors, TensorNames.NEGATIVE);
    }
    try (PriorEngine prior = PriorEngine.load(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats wantedOne;
      HostTensor.Floats unwantedOne;
      if (unwanted) {
        HostTensor.Floats both = prior.sampleBoth(text, negative, sampling(), generator, listener);
        wantedOne = both.row(0);
        unwantedOne = both.row(1);
      } else {
        wantedOne = prior.sample(text, negative, sampling(), generator, listener);
        unwantedOne = prior.noPicture();
      }
      return Map.of("out.image_embeds", wantedOne, "out.negative_image_embeds", unwantedOne);
    }
  }

  private String outputType() {
    return run.text("output_type", "np");
  }

  private Sampling sampling() {
    Sampling sampling =
        new Sampling(
            run.integer("num_inference_steps", defaults.steps()),
            run.number("guidance_scale", defaults.guidanceScale()),
            Optional.empty(),
            run.number("eta", 0));
    List<Integer> stops = new ArrayList<>();
    run.arguments().path("timesteps").forEach(stop -> stops.add(stop.asInt()));
    return stops.isEmpty() ? sampling : sampling.at(stops);
  }

  /** Of each picture of the batch. */
  private List<Map<String, HostTensor>> inputs() {
    List<Map<String, HostTensor>> inputs = new ArrayList<>();
    if (model.pipeline().takesText()) {
      try (TextEncoder encoder = TextEncoder.load(model)) {
        for (Prompt prompt : prompts()) {
          for (int i = 0; i < run.integer("num_images_per_prompt", 1); i++) {
            inputs.add(new LinkedHashMap<>(encoder.encode(prompt)));
          }
        }
      }
    }
    for (JsonNode label : run.arguments().path("class_labels")) {
      Map<String, HostTensor> input = new LinkedHashMap<>();
      input.put(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {label.asLong()}, 1));
      inputs.add(input);
    }
    int pictures = Math.max(run.integer("batch_size", 1), rows("in.image_embeds"));
    for (int i = inputs.size(); i < pictures; i++) {
      inputs.add(new LinkedHashMap<>());
    }
    for (int i = 0; i < inputs.size(); i++) {
      addRecorded(inputs.get(i), i);
    }
    return inputs;
  }

  private int rows(String name) {
    return golden.names().contains(name) ? Reference.of(golden, name).tensor().shape()[0] : 1;
  }

  private void addRecorded(Map<String, HostTensor> input, int picture) {
    add(input, "in.image_embeds", TensorNames.IMAGE_EMBEDS, picture);
    add(
        input,
        "in.negative_image_embeds",
        TensorNames.NEGATIVE + TensorNames.IMAGE_EMBEDS,
        picture);
    add(input, "in.image_latent", TensorNames.LATENT, picture);
    if (golden.names().contains("in.image")) {
      HostTensor.Floats image = row("in.image", picture);
      input.put(TensorNames.IMAGE, defaults.rawTensors() ? image : Images.centered(image));
    }
  }

  private void add(Map<String, HostTensor> input, String recorded, String name, int picture) {
    if (golden.names().contains(recorded)) {
      input.put(name, row(recorded, picture));
    }
  }

  /** One picture's row; a tensor of one row is that of every picture. */
  private HostTensor.Floats row(String name, int picture) {
    HostTensor.Floats tensor = Reference.of(golden, name).tensor();
    return tensor.row(Math.min(picture, tensor.shape()[0] - 1));
  }

  private List<Prompt> prompts() {
    List<String> texts = texts("prompt");
    List<String> seconds = texts("prompt_2");
    List<String> thirds = texts("prompt_3");
    List<String> negatives = texts("negative_prompt");
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Prompt prompt = Prompt.of(texts.get(i)).with(at(seconds, i), at(thirds, i));
      Optional<String> negative = at(negatives, i);
      prompt = negative.isPresent() ? prompt.without(negative.get()) : prompt;
      OptionalInt tokens = whole("max_sequence_length");
      prompts.add(tokens.isPresent() ? prompt.cutTo(tokens.getAsInt()) : prompt);
    }
    return prompts;
  }

  private static Optional<String> at(List<String> texts, int index) {
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(texts.get(Math.min(index, texts.size() - 1)));
  }

  /** A text, or a list of texts, as a list. */
  private List<String> texts(String argument) {
    JsonNode value = run.arguments().path(argument);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      texts.add(value.textValue());
    }
    value.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private OptionalDouble share(String argument) {
    JsonNode value = run.arguments().path(argument);
    return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
  }

  private OptionalInt whole(String argument) {
    JsonNode value = run.arguments().path(argument);
    return value.isInt() ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
  }
}
