package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.ScoreDistillation;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A generator under a frozen, guided teacher's judgement (Poole et al. 2022, eq. 3): it is asked at
 * the noisiest timestep of pure noise, as its sampler asks it for a single step, and the latent
 * that it answers with is moved by score distillation.
 */
final class GeneratorDistillation implements Objective {

  private static final String TOKENS = "tokens";
  private static final String EMPTY = "no-tokens";

  private final Recipe recipe;
  private final DiffusionLoss process;
  private final ScoreDistillation distillation;
  private final double guidance;
  private final ShapesBatches batches;
  private final long steps;
  private final long[] shape;

  GeneratorDistillation(PhaseContext context) {
    this.recipe = context.recipe();
    this.process = DiffusionLoss.of(recipe.at("loss"));
    this.distillation =
        ScoreDistillation.of(context.own(), process.process(), process.prediction());
    this.guidance = context.own().number("guidance", 0, 1e3);
    this.batches = new ShapesBatches(context);
    this.steps = context.settings().steps() * context.settings().accumulated();
    Config unet = FewStepStudent.unet(recipe);
    long side = unet.count("sample_size");
    this.shape = new long[] {unet.count("in_channels"), side, side};
    FewStepStudent.requireTeachersProcess(recipe);
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component reader =
        graph.frozen(
            ShapesLdm.TEXT_ENCODER,
            ClipTextModel.unprojected(OtherModel.config(ShapesLdm.trainedText(recipe))),
            ShapesLdm.trainedText(recipe));
    Operand<TFloat32> states = read(graph, reader, TOKENS);
    Component generator =
        graph
            .trained(ShapesLdm.UNET, new UNet2DConditionModel(FewStepStudent.unet(recipe)))
            .startingFrom(FewStepStudent.teacher(recipe));
    Noised asked = pureNoise(graph);
    Operand<TFloat32> made =
        process.clean(graph.tf(), asked, asked.answeredBy(graph, generator, states));

    GuidedTeacher teacher = new GuidedTeacher(graph, FewStepStudent.teacher(recipe), guidance);
    Noised noised = distillation.noised(graph, made);
    Operand<TFloat32> answer = teacher.answer(noised, states, read(graph, reader, EMPTY));
    return List.of(
        new Player(ShapesLdm.UNET, distillation.loss(graph, noised, answer), List.of(generator)));
  }

  private static Operand<TFloat32> read(TrainingGraph graph, Component reader, String tokens) {
    return graph
        .build(reader, Map.of("input_ids", graph.longs(tokens, ShapesVocabulary.MAX_LENGTH)))
        .get("last_hidden_state");
  }

  /** What the sampler begins with. */
  private Noised pureNoise(TrainingGraph graph) {
    Ops tf = graph.tf();
    long[] first = new long[graph.rows()];
    Arrays.fill(first, FewStepStudent.timesteps(recipe, 1)[0]);
    Operand<TInt64> index = tf.constant(first);
    Operand<TFloat32> noise = graph.noise(shape);
    return new Noised(
        noise,
        tf.gather(tf.constant(process.process().told()), index, tf.constant(0)),
        index,
        tf.zerosLike(noise),
        noise);
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    boolean[] all = new boolean[examples.length];
    Arrays.fill(all, true);
    Map<String, HostTensor> batch =
        new LinkedHashMap<>(distillation.batch(number, steps, examples.length));
    batch.put(TOKENS, batches.tokens(examples, ShapesBatches.none(examples.length)));
    batch.put(EMPTY, batches.tokens(examples, all));
    return batch;
  }
}
