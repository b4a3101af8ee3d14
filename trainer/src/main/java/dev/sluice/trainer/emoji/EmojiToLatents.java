package dev.sluice.trainer.emoji;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.data.Draws;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.latent.KeptLatents;
import dev.sluice.trainer.latent.Latents;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Latent diffusion's loss (Rombach et al. 2022, eq. 3), by which the network and the transformer
 * that reads captions learn together, as the paper's did. A share of the captions is empty (Nichol
 * et al. 2021, section 2.3), for classifier-free guidance.
 */
final class EmojiToLatents implements Objective {

  private static final String TOKENS = "tokens";

  private final Recipe recipe;
  private final EmojiText text;
  private final KeptLatents latents;
  private final DiffusionLoss loss;
  private final double dropped;
  private final long seed;
  private final HostTensor.Longs untold;

  EmojiToLatents(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.seed = context.settings().seed();
    this.dropped = context.own().number("dropped-texts", 0, 1);
    this.loss = DiffusionLoss.of(recipe.at("loss"));
    EmojiSet set = EmojiLdm.set(context);
    this.text = EmojiText.learn(set, recipe, context.model());
    this.untold = text.tokens(new String[] {""});
    EmojiExamples examples = new EmojiExamples(set.training(), recipe, context.settings().seed());
    int rows = context.settings().rows();
    this.latents =
        new KeptLatents(
            context,
            Latents.of(context.model().toString()),
            number -> told(examples.batch(number, rows)));
  }

  private Map<String, HostTensor> told(EmojiExamples.Example[] examples) {
    String[] captions =
        Arrays.stream(examples).map(EmojiExamples.Example::caption).toArray(String[]::new);
    return Map.of("clean", EmojiLdm.pictures(examples), TOKENS, text.tokens(captions));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component encoder =
        graph.trained(EmojiLdm.TEXT_ENCODER, ClipTextModel.unprojected(Config.of(text.config())));
    Component unet =
        graph.trained(EmojiLdm.UNET, new UNet2DConditionModel(Config.of(EmojiLdm.unet(recipe))));
    Operand<TFloat32> states =
        graph
            .build(encoder, Map.of("input_ids", graph.longs(TOKENS, text.length())))
            .get("last_hidden_state");
    Noised noised = loss.noised(graph, latents.drawn(graph));
    Operand<TFloat32> answer = noised.answeredBy(graph, unet, states);
    return List.of(
        new Player(EmojiLdm.UNET, loss.of(graph, noised, answer), List.of(encoder, unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(latents.batch(number));
    HostTensor.Longs tokens = (HostTensor.Longs) batch.get(TOKENS);
    SplittableRandom random = Draws.of(seed, number);
    int length = text.length();
    for (int row = 0; row < tokens.shape()[0]; row++) {
      if (random.nextDouble() < dropped) {
        System.arraycopy(untold.values(), 0, tokens.values(), row * length, length);
      }
    }
    return batch;
  }

  @Override
  public void close() {
    text.close();
  }
}
