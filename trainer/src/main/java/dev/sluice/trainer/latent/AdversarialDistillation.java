package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Adversarial diffusion distillation (Sauer et al. 2023, equation 1): a student, asked at few
 * timesteps, answers with what it takes for the clean latent. It is drawn to what the frozen
 * teacher makes of that answer after new noise (equation 4), and to what a critic takes for real,
 * who sees both kinds decoded, through a frozen CLIP (hinge losses, equations 2 and 3).
 *
 * <p>The paper's critic has a gradient penalty and is told a picture, too, and its distance to the
 * teacher is one of pixels. The first two are left out; here the distance is one of latents, as the
 * decoder is nearly linear in so small a world.
 */
final class AdversarialDistillation implements Objective {

  private static final String CRITIC = "critic";
  private static final String VISION = "image_encoder";
  private static final String VAE = AutoencoderObjective.VAE;
  private static final String EMPTY = "no-tokens";

  private final Recipe recipe;
  private final CaptionedLatents scenes;
  private final HostTensor untold;
  private final DiffusionLoss loss;
  private final long[] timesteps;
  private final double distilled;
  private final double guidance;
  private final double criticized;
  private final List<Integer> layers;
  private final int hidden;

  AdversarialDistillation(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.scenes =
        new CaptionedLatents(context, new Latents(OtherModel.builtOn(context.recipe(), VAE)));
    this.untold = scenes.untold();
    this.loss = DiffusionLoss.of(recipe.at("loss"));
    Recipe own = context.own();
    this.timesteps = FewStepStudent.timesteps(recipe, own.integer("student.steps", 1));
    this.distilled = own.number("teacher.weight", 0, 1e3);
    this.guidance = own.number("teacher.guidance", 0, 100);
    this.criticized = own.number("critic.weight", 0, 1e3);
    this.layers = Config.of(own.map("critic")).integers("layers", List.of());
    this.hidden = own.integer("critic.hidden", 1);
    requireSense();
  }

  private void requireSense() {
    if (distilled == 0 && criticized == 0) {
      throw new RecipeException(
          "teacher.weight and critic.weight are both 0; nothing would be learned");
    }
    if (criticized > 0 && layers.isEmpty()) {
      throw new RecipeException(
          "critic.layers is empty; name layers of the picture encoder, or give the critic the weight 0");
    }
    FewStepStudent.requireTeachersProcess(recipe);
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    Component reader =
        graph.frozen(
            ShapesLdm.TEXT_ENCODER,
            ClipTextModel.projected(OtherModel.config(ShapesLdm.trainedText(recipe))),
            ShapesLdm.trainedText(recipe));
    Map<String, Operand<TFloat32>> caption =
        graph.build(
            reader, Map.of("input_ids", graph.longs("tokens", ShapesVocabulary.MAX_LENGTH)));
    Operand<TFloat32> states = caption.get("last_hidden_state");
    Component student =
        graph
            .trained(ShapesLdm.UNET, new UNet2DConditionModel(FewStepStudent.unet(recipe)))
            .startingFrom(FewStepStudent.teacher(recipe));

    Operand<TFloat32> real = scenes.drawn(graph);
    Noised asked = loss.noised(graph, real, drawnTimesteps(graph));
    Operand<TFloat32> made = loss.clean(tf, asked, asked.answeredBy(graph, student, states));

    List<Operand<TFloat32>> losses = new ArrayList<>();
    if (distilled > 0) {
      Operand<TFloat32> off = distillation(graph, made, reader, states);
      graph.measure("distillation", off);
      losses.add(tf.math.mul(off, tf.constant((float) distilled)));
    }
    if (criticized == 0) {
      return List.of(new Player(ShapesLdm.UNET, losses.get(0), List.of(student)));
    }
    Critic critic = new Critic(graph, caption.get("text_embeds"));
    Operand<TFloat32> ofReal = critic.realness(real);
    Operand<TFloat32> ofMade = critic.realness(made);
    losses.add(tf.math.mul(graph.mean(ofMade), tf.constant((float) -criticized)));
    return List.of(
        new Player(ShapesLdm.UNET, tf.math.addN(losses), List.of(student)),
        new Player(CRITIC, Hinge.of(graph, ofReal, ofMade), List.of(critic.heads)));
  }

  /** One of the student's for each row. */
  private Operand<TInt64> drawnTimesteps(TrainingGraph graph) {
    Ops tf = graph.tf();
    return tf.gather(tf.constant(timesteps), graph.integers(timesteps.length), tf.constant(0));
  }

  /**
   * How far the student's answer is from the teacher's, guided, of the same after new noise; less
   * is asked where there is less signal. The gradient ends before the teacher.
   */
  private Operand<TFloat32> distillation(
      TrainingGraph graph, Operand<TFloat32> made, Component reader, Operand<TFloat32> states) {
    Ops tf = graph.tf();
    Operand<TFloat32> none =
        graph
            .build(reader, Map.of("input_ids", graph.longs(EMPTY, ShapesVocabulary.MAX_LENGTH)))
            .get("last_hidden_state");
    Noised again = loss.noised(graph, tf.stopGradient(made));
    Operand<TFloat32> guided =
        new GuidedTeacher(graph, FewStepStudent.teacher(recipe), guidance)
            .answer(again, states, none);
    Operand<TFloat32> wanted = tf.stopGradient(loss.clean(tf, again, guided));
    return graph.mean(tf.math.mul(tf.math.squaredDifference(made, wanted), loss.signal(tf, again)));
  }

  /** The heads, and the frozen eyes that they see with. */
  private final class Critic {

    private final TrainingGraph graph;
    private final Component decoder;
    private final Component vision;
    private final Latents latents = new Latents(OtherModel.builtOn(recipe, VAE));
    private final Operand<TFloat32> text;
    final Component heads;

    Critic(TrainingGraph graph, Operand<TFloat32> text) {
      this.graph = graph;
      this.text = text;
      this.decoder = graph.frozen(VAE, new AutoencoderKl(latents.config()), latents.folder());
      ClipVisionModel eyes =
          ClipVisionModel.unprojected(OtherModel.config(OtherModel.builtOn(recipe, VISION)));
      this.vision = graph.frozen(VISION, eyes, OtherModel.builtOn(recipe, VISION));
      this.heads =
          graph.trained(
              CRITIC,
              new FeatureCritic(layers, eyes.config().width(), (int) text.shape().size(1), hidden));
    }

    Operand<TFloat32> realness(Operand<TFloat32> latent) {
      Operand<TFloat32> picture =
          graph.build(decoder, Map.of("z", latents.unscaled(graph, latent))).get("sample");
      Map<String, Operand<TFloat32>> seen = graph.build(vision, Map.of("pixel_values", picture));
      Map<String, Operand<TFloat32>> inputs = new LinkedHashMap<>();
      inputs.put("text", text);
      for (int layer : layers) {
        Operand<TFloat32> tokens = seen.get("hidden_states." + layer);
        if (tokens == null) {
          throw new RecipeException(
              "critic.layers has %d; the picture encoder has %s".formatted(layer, seen.keySet()));
        }
        inputs.put(FeatureCritic.layer(layer), tokens);
      }
      return graph.build(heads, inputs).get("realness");
    }
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(scenes.batch(number));
    if (distilled > 0) {
      batch.put(EMPTY, untold);
    }
    return batch;
  }
}
