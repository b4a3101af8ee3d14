package dev.sluice.trainer.own;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.SdText;
import dev.sluice.trainer.data.AspectBuckets;
import dev.sluice.trainer.data.CaptionedPictures;
import dev.sluice.trainer.data.Draws;
import dev.sluice.trainer.data.PictureSet;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.Weighting;
import dev.sluice.trainer.latent.KeptLatents;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Latent diffusion's loss (Rombach et al. 2022, eq. 3) of a model that is there: its denoiser goes
 * on learning by its own noise schedule and prediction. Pictures come in the sizes of {@link
 * AspectBuckets}. A share of the captions is empty, for classifier-free guidance.
 */
final class CaptionsToLatents implements Objective {

  private static final String STATES = "states";
  private static final String CAPTIONS = "captions";

  private final StableDiffusion model;
  private final KeptLatents latents;
  private final List<List<String>> captions;
  private final DiffusionLoss loss;
  private final SdText reader;
  private final HostTensor.Floats untold;
  private final double dropped;
  private final long seed;

  CaptionsToLatents(PhaseContext context) throws IOException {
    this.seed = context.settings().seed();
    this.dropped = context.own().number("dropped-texts", 0, 1);
    this.model = PictureLdm.begun(context.recipe());
    this.loss =
        new DiffusionLoss(
            model.process(),
            model.prediction(),
            Weighting.of(context.recipe().at("loss.weighting")),
            Optional.empty());
    try (CaptionedPictures pictures = pictures(context)) {
      this.captions = pictures.captions();
      this.latents =
          new KeptLatents(
              context,
              model.latents(),
              number -> {
                CaptionedPictures.Batch batch = pictures.batch(number);
                return Map.of("clean", batch.pictures(), CAPTIONS, batch.captions());
              },
              Math.multiplyExact(context.own().integer("rounds", 1), pictures.count()));
    }
    this.reader = model.text();
    this.untold = states("");
    tellWhatIsCut(context);
  }

  private CaptionedPictures pictures(PhaseContext context) {
    Path folder =
        context.requireData(
            "picture-ldm",
            "a folder of pictures with metadata.jsonl, or"
                + " with sub-folders that say what they show, or of WebDataset's tar"
                + " files");
    Recipe framing = context.recipe().at("framing");
    int side = framing.integer("side", 0);
    int multiple = framing.integer("multiple", 0);
    AspectBuckets aspects =
        new AspectBuckets(
            side == 0 ? model.side() : side,
            multiple == 0 ? model.multiple() : multiple,
            framing.number("most-ratio", 1, 10));
    CaptionedPictures pictures =
        new CaptionedPictures(
            PictureSet.open(folder),
            aspects,
            new CaptionedPictures.Options(
                context.settings().rows(),
                framing.bool("random-crop"),
                framing.number("flips", 0, 1),
                context.recipe().string("caption"),
                seed),
            context.out()::println);
    context
        .out()
        .printf(
            "%,d pictures in the sizes %s%n",
            pictures.count(),
            pictures.sizes().stream().map(size -> size.width() + "x" + size.height()).toList());
    return pictures;
  }

  private void tellWhatIsCut(PhaseContext context) {
    List<String> cut =
        captions.stream()
            .flatMap(List::stream)
            .flatMap(caption -> reader.leftOut(Prompt.of(caption)).stream())
            .toList();
    if (!cut.isEmpty()) {
      context
          .out()
          .printf("%,d captions are longer than what is read; one: %s%n", cut.size(), cut.get(0));
    }
  }

  /** {@code [1, tokens, width]}. */
  private HostTensor.Floats states(String caption) {
    return (HostTensor.Floats)
        reader.encode(Prompt.of(caption)).get(TensorNames.TEXT_HIDDEN_STATES);
  }

  @Override
  public int forms() {
    return latents.forms();
  }

  @Override
  public int form(long number) {
    return latents.form(number);
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component unet =
        graph.trained(PictureLdm.UNET, new UNet2DConditionModel(OtherModel.config(model.unet())));
    Operand<TFloat32> states = graph.floats(STATES, untold.shape()[1], untold.shape()[2]);
    Noised noised = loss.noised(graph, latents.drawn(graph));
    Operand<TFloat32> answer = noised.answeredBy(graph, unet, states);
    return List.of(new Player(PictureLdm.UNET, loss.of(graph, noised, answer), List.of(unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(latents.batch(number));
    long[] said = ((HostTensor.Longs) batch.remove(CAPTIONS)).values();
    SplittableRandom random = Draws.of(seed, number);
    int size = untold.values().length;
    float[] states = new float[said.length * size];
    for (int row = 0; row < said.length; row++) {
      List<String> choice = captions.get((int) said[row]);
      String caption = choice.get(random.nextInt(choice.size()));
      HostTensor.Floats told = random.nextDouble() < dropped ? untold : states(caption);
      System.arraycopy(told.values(), 0, states, row * size, size);
    }
    batch.put(
        STATES, new HostTensor.Floats(states, said.length, untold.shape()[1], untold.shape()[2]));
    return batch;
  }

  @Override
  public void close() {
    reader.close();
    model.close();
  }
}
