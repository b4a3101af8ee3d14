package dev.sluice.trainer.fashion;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.DiTTransformer2DModel;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * DiT's loss (Peebles and Xie 2023, section 3.1): what the transformer says of a noised latent of a
 * class, and of the variance. A share of the classes is replaced by the one that stands for none,
 * for classifier-free guidance.
 */
final class ClassToLatents implements Objective {

  private final Recipe recipe;
  private final double dropped;
  private final long seed;
  private final KeptLatents latents;
  private final DiffusionLoss loss;

  ClassToLatents(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.dropped = context.own().number("dropped-classes", 0, 1);
    this.seed = context.settings().seed();
    this.latents =
        new KeptLatents(
            context, Latents.of(context.model().toString()), FashionData.batches(context));
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component transformer =
        graph.trained(
            FashionDit.TRANSFORMER,
            new DiTTransformer2DModel(Config.of(FashionDit.transformer(recipe))));
    Noised noised = loss.noised(graph, latents.drawn(graph));
    Operand<TFloat32> answer =
        graph
            .build(
                transformer,
                Map.of(
                    "hidden_states", noised.sample(),
                    "timestep", noised.timestep(),
                    "class_labels", graph.longs("classes")))
            .get("sample");
    return List.of(
        new Player(FashionDit.TRANSFORMER, loss.of(graph, noised, answer), List.of(transformer)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(latents.batch(number));
    SplittableRandom random = Draws.of(seed, number);
    long none = recipe.integer("components.transformer.num_embeds_ada_norm", 1);
    long[] classes = ((HostTensor.Longs) batch.get("classes")).values().clone();
    for (int i = 0; i < classes.length; i++) {
      classes[i] = random.nextDouble() < dropped ? none : classes[i];
    }
    batch.put("classes", new HostTensor.Longs(classes, classes.length));
    return batch;
  }
}
