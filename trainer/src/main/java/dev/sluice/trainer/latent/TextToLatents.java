package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Latent diffusion's loss (Rombach et al. 2022, eq. 3): what the network says of a noised latent,
 * attending to the tokens of its caption.
 */
final class TextToLatents implements Objective {

  private final Recipe recipe;
  private final CaptionedLatents scenes;
  private final DiffusionLoss loss;

  TextToLatents(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.scenes = new CaptionedLatents(context, Latents.of(context.model().toString()));
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component text =
        graph.frozen(
            ShapesLdm.TEXT_ENCODER,
            ClipTextModel.unprojected(Config.of(ShapesLdm.textEncoder(recipe))),
            ShapesLdm.trainedText(recipe));
    Component unet =
        graph.trained(ShapesLdm.UNET, new UNet2DConditionModel(Config.of(ShapesLdm.unet(recipe))));
    Operand<TFloat32> states =
        graph
            .build(text, Map.of("input_ids", graph.longs("tokens", ShapesVocabulary.MAX_LENGTH)))
            .get("last_hidden_state");
    Noised noised = loss.noised(graph, scenes.drawn(graph));
    Operand<TFloat32> answer = noised.answeredBy(graph, unet, states);
    return List.of(new Player(ShapesLdm.UNET, loss.of(graph, noised, answer), List.of(unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return scenes.batch(number);
  }
}
