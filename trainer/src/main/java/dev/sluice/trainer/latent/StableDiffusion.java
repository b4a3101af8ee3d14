package dev.sluice.trainer.latent;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.catalog.SampleSize;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.tensor.LatentScale;
import dev.sluice.pipeline.text.SdText;
import dev.sluice.trainer.diffusion.ForwardProcess;
import dev.sluice.trainer.diffusion.Prediction;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model that is there, of anybody's: a {@code StableDiffusionPipeline} in diffusers' layout, of
 * any size. Its denoiser becomes part of the graph that is trained in, to judge or to learn; texts
 * are read beside it, and its decoder shows what has come out.
 */
public final class StableDiffusion implements AutoCloseable {

  private static final String UNET = "unet";
  private static final String VAE = "vae";

  /** What a network may be told beside a text, which nobody here has to tell. */
  private static final List<String> OTHER_CONDITIONS =
      List.of("time_cond_proj_dim", "class_embed_type", "num_class_embeds", "addition_embed_type");

  private final Path folder;
  private final ModelFolder model;
  private final ForwardProcess process;
  private final Prediction prediction;
  private Network decoder;

  private StableDiffusion(
      Path folder, ModelFolder model, ForwardProcess process, Prediction prediction) {
    this.folder = folder;
    this.model = model;
    this.process = process;
    this.prediction = prediction;
  }

  /**
   * Texts as the denoiser takes them.
   *
   * @param states {@code [texts, tokens, width]}
   * @param none of the negative prompt, {@code [1, tokens, width]}
   * @param leftOut what of them is not seen, in sentences
   */
  public record Words(HostTensor.Floats states, HostTensor.Floats none, List<String> leftOut) {}

  /**
   * Opens a model by its name or folder.
   *
   * @throws TrainingException if there is none, or its network is told more than a text, or has no
   *     noise schedule
   */
  public static StableDiffusion open(String name) {
    Path folder = OtherModel.folder(name);
    if (!Files.isDirectory(folder)) {
      throw new TrainingException(
          "there is no model %s; name a folder, or one of models/: %s".formatted(name, shipped()));
    }
    ModelFolder model = ModelFolder.open(folder);
    if (model.pipeline() != PipelineClass.STABLE_DIFFUSION) {
      throw new TrainingException(
          "%s is of the class %s; what is needed is a %s, such as shapes-ldm"
              .formatted(
                  name, model.pipeline().className(), PipelineClass.STABLE_DIFFUSION.className()));
    }
    requireTextAlone(name, model);
    Sampler sampler = Samplers.of(model.scheduler("scheduler"));
    return new StableDiffusion(
        folder,
        model,
        sampler
            .noiseSchedule()
            .map(ForwardProcess::variancePreserving)
            .orElseThrow(
                () ->
                    new TrainingException(
                        "%s samples by %s, which has no noise schedule of timesteps to draw from"
                            .formatted(name, sampler.name()))),
        prediction(sampler));
  }

  private static List<String> shipped() {
    Path models = OtherModel.home().resolve("models");
    if (!Files.isDirectory(models)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(models)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(ModelFolder.INDEX)))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(models + " cannot be listed", e);
    }
  }

  private static void requireTextAlone(String name, ModelFolder model) {
    Config unet = model.config(UNET);
    for (String condition : OTHER_CONDITIONS) {
      if (unet.has(condition)) {
        throw new TrainingException(
            "the network of %s is told something beside a text (%s in %s); choose one that is not"
                .formatted(name, condition, unet.origin()));
      }
    }
    int latent = model.config(VAE).integer("latent_channels", 4);
    int in = unet.integer("in_channels", 4);
    if (in != latent) {
      throw new TrainingException(
          "the network of %s takes %d channels, its latents have %d: it paints into pictures or enlarges them; choose one that draws"
              .formatted(name, in, latent));
    }
  }

  private static Prediction prediction(Sampler sampler) {
    return Arrays.stream(Prediction.values())
        .filter(known -> known.type().filter(sampler.predictionType()::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  /**
   * Goes on only with a model of square pictures.
   *
   * @throws TrainingException if it learned from others
   */
  public StableDiffusion requireSquare() {
    if (size().height() != size().width()) {
      throw new TrainingException(
          "%s learned from pictures of %dx%d; choose a model of square ones"
              .formatted(name(), size().pixelWidth(), size().pixelHeight()));
    }
    return this;
  }

  /** As messages and records call it. */
  public String name() {
    return model.name();
  }

  /** The denoiser's folder. */
  public Path unet() {
    return model.component(UNET);
  }

  /** What was done to the latents that it learned from. */
  public ForwardProcess process() {
    return process;
  }

  /** What its answers mean. */
  public Prediction prediction() {
    return prediction;
  }

  /** Its autoencoder. */
  public Latents latents() {
    return new Latents(model.component(VAE));
  }

  /** The size that it learned from. */
  public SampleSize size() {
    return model.sampleSize();
  }

  /** The side of a square of as many pixels as that size has. */
  public int side() {
    return (int) Math.sqrt((double) size().pixelWidth() * size().pixelHeight());
  }

  /** What both sides of a picture are a multiple of, so that every level can halve it. */
  public int multiple() {
    int levels =
        model.config(UNET).counts("block_out_channels", List.of(320, 640, 1280, 1280)).size();
    return size().pixelWidth() / size().width() << levels - 1;
  }

  /** The shape of one latent of that size: channels, height, width. */
  public int[] latentShape() {
    return new int[] {
      model.config(VAE).integer("latent_channels", 4), size().height(), size().width()
    };
  }

  /** What reads its texts, to be closed. */
  public SdText text() {
    return model.load(folder -> new SdText(folder, BatchLimit.DEFAULT));
  }

  /** Its folder. */
  public Path folder() {
    return folder;
  }

  /**
   * Reads texts.
   *
   * @param negative what is not wanted; empty for nothing
   */
  public Words words(List<String> texts, String negative) {
    List<HostTensor> states = new ArrayList<>();
    HostTensor none = null;
    List<String> leftOut = new ArrayList<>();
    try (SdText reader = text()) {
      for (String text : texts) {
        Prompt prompt = Prompt.of(text).without(negative);
        Map<String, HostTensor> read = reader.encode(prompt);
        states.add(read.get(TEXT_HIDDEN_STATES));
        none = read.get(NEGATIVE + TEXT_HIDDEN_STATES);
        leftOut.addAll(reader.leftOut(prompt));
      }
    }
    return new Words(stacked(states), (HostTensor.Floats) none, leftOut);
  }

  private static HostTensor.Floats stacked(List<HostTensor> rows) {
    int[] shape = rows.get(0).shape().clone();
    int size = ((HostTensor.Floats) rows.get(0)).values().length;
    float[] values = new float[rows.size() * size];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(((HostTensor.Floats) rows.get(row)).values(), 0, values, row * size, size);
    }
    shape[0] = rows.size();
    return new HostTensor.Floats(values, shape);
  }

  /** Latents of unit variance as pictures, {@code [rows, 3, height, width]} in [-1, 1]. */
  public HostTensor.Floats pictures(HostTensor.Floats latents) {
    if (decoder == null) {
      decoder = Components.network(model, VAE);
    }
    HostTensor.Floats z = LatentScale.of(model.config(VAE)).toAutoencoder(latents);
    return decoder.run(Map.of("z", z)).get("sample");
  }

  @Override
  public void close() {
    if (decoder != null) {
      decoder.close();
    }
  }
}
