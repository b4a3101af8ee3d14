package dev.sluice.trainer.unclip;

import static dev.sluice.networks.graph.Layers.reshape;

import dev.sluice.networks.config.Config;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.transformer.UnClipTextProjModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The decoder's loss: the squared distance of the clean picture and, for the predicted variance
 * alone, the variational bound (Nichol and Dhariwal 2021, eqs. 15 and 16). Picture embeddings and
 * texts are dropped independently for classifier-free guidance.
 *
 * <p>The clean picture is predicted, not the noise: noise prediction weights a step's error by its
 * signal-to-noise ratio, so most of a short training goes into steps at which everything that the
 * conditions decide is settled.
 */
final class DecoderObjective implements Objective {

  private static final double DROPPED_PICTURES = 0.1;
  private static final double DROPPED_TEXTS = 0.15;
  private static final float BOUND_WEIGHT = 0.05f;
  private static final int EXTRA_TOKENS = 4;

  /** Numbers per row, see {@link #coefficients}. */
  private static final int COEFFICIENTS = 4;

  private final ShapesBatches batches;
  private final Embeddings clip;

  DecoderObjective(ShapesBatches batches, Embeddings clip) {
    this.batches = batches;
    this.clip = clip;
  }

  @Override
  public Operand<TFloat32> loss(TrainingGraph graph) {
    Ops tf = graph.tf();
    int width = ShapesUnclip.EMBEDDING;
    int tokens = ShapesVocabulary.MAX_LENGTH;
    int size = ShapesUnclip.BASE;
    TrainingGraph.Component projection =
        graph.component(
            "text_proj", new UnClipTextProjModel(Config.of(ShapesUnclip.textProjection())));
    TrainingGraph.Component decoder =
        graph.component("decoder", new UNet2DConditionModel(Config.of(ShapesUnclip.decoder())));
    Map<String, Operand<TFloat32>> conditions =
        graph.build(
            projection,
            Map.of(
                "image_embeddings", graph.floats("image_embeds", width),
                "image_embeddings_dropped", graph.longs("image_dropped"),
                "prompt_embeds", graph.floats("text_embeds", width),
                "text_encoder_hidden_states", graph.floats("text_states", tokens, width)));
    Operand<TFloat32> noisy = graph.floats("noisy", 3, size, size);
    Operand<TFloat32> output =
        graph
            .build(
                decoder,
                Map.of(
                    "sample", noisy,
                    "timestep", graph.floats("timestep"),
                    "encoder_hidden_states", conditions.get("text_encoder_hidden_states"),
                    "class_labels", conditions.get("additive_clip_time_embeddings"),
                    "attention_mask", graph.longs("mask", EXTRA_TOKENS + tokens)))
            .get("sample");
    Operand<TFloat32> clean = graph.floats("clean", 3, size, size);
    Operand<TFloat32> coefficients = graph.floats("coefficients", COEFFICIENTS);
    Operand<TFloat32> predicted = channels(tf, output, 0);
    Operand<TFloat32> simple = graph.mean(tf.math.squaredDifference(predicted, clean));
    Operand<TFloat32> bound =
        bound(graph, tf.stopGradient(predicted), channels(tf, output, 3), clean, coefficients);
    return tf.math.add(simple, tf.math.mul(bound, tf.constant(BOUND_WEIGHT)));
  }

  private static Operand<TFloat32> channels(Ops tf, Operand<TFloat32> x, int first) {
    return tf.slice(
        x, tf.constant(new int[] {0, first, 0, 0}), tf.constant(new int[] {-1, 3, -1, -1}));
  }

  /**
   * The divergence of the predicted from the true posterior, in nats per value. The means differ by
   * the clean picture's error times a factor, because both are the same function of x_t and it.
   */
  private static Operand<TFloat32> bound(
      TrainingGraph graph,
      Operand<TFloat32> predicted,
      Operand<TFloat32> fraction,
      Operand<TFloat32> clean,
      Operand<TFloat32> coefficients) {
    Ops tf = graph.tf();
    Operand<TFloat32> trueLogVariance = coefficient(tf, coefficients, 0);
    Operand<TFloat32> maxLogVariance = coefficient(tf, coefficients, 1);
    Operand<TFloat32> meanFactor = coefficient(tf, coefficients, 2);
    Operand<TFloat32> weight = coefficient(tf, coefficients, 3);
    Operand<TFloat32> share =
        tf.math.mul(tf.math.add(fraction, tf.constant(1f)), tf.constant(0.5f));
    Operand<TFloat32> logVariance =
        tf.math.add(
            trueLogVariance, tf.math.mul(share, tf.math.sub(maxLogVariance, trueLogVariance)));
    Operand<TFloat32> meanError = tf.math.mul(tf.math.sub(predicted, clean), meanFactor);
    Operand<TFloat32> difference = tf.math.sub(trueLogVariance, logVariance);
    Operand<TFloat32> divergence =
        tf.math.mul(
            tf.math.add(
                tf.math.sub(tf.math.exp(difference), tf.math.add(difference, tf.constant(1f))),
                tf.math.mul(tf.math.square(meanError), tf.math.exp(tf.math.neg(logVariance)))),
            tf.constant(0.5f));
    return graph.mean(tf.math.mul(divergence, weight));
  }

  private static Operand<TFloat32> coefficient(Ops tf, Operand<TFloat32> rows, int index) {
    return reshape(
        tf,
        tf.slice(rows, tf.constant(new int[] {0, index}), tf.constant(new int[] {-1, 1})),
        -1,
        1,
        1,
        1);
  }

  @Override
  public Map<String, HostTensor> batch(long step) {
    SceneSampler.Example[] examples = batches.examples(step);
    SplittableRandom random = batches.random(step);
    int rows = examples.length;
    int size = ShapesUnclip.BASE;
    int length = 3 * size * size;
    boolean[] withoutPicture = ShapesBatches.drop(random, rows, DROPPED_PICTURES);
    boolean[] withoutText = ShapesBatches.drop(random, rows, DROPPED_TEXTS);
    HostTensor.Longs tokens = batches.tokens(examples, withoutText);
    Map<String, HostTensor.Floats> texts = clip.texts(tokens);
    float[] timesteps = ShapesBatches.timesteps(random, rows);
    float[] noisy = new float[rows * length];
    float[] pictures = new float[rows * length];
    float[] coefficients = new float[rows * COEFFICIENTS];
    for (int row = 0; row < rows; row++) {
      float[] clean = ShapesBatches.reduced(examples[row].pixels(), size);
      int t = (int) timesteps[row];
      Noise.add(clean, t, random, noisy, row * length);
      System.arraycopy(clean, 0, pictures, row * length, length);
      coefficients(t, coefficients, row * COEFFICIENTS);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("image_embeds", clip.pictures(examples));
    batch.put("image_dropped", HostTensor.ofBooleans(withoutPicture, rows));
    batch.put("text_embeds", texts.get("text_embeds"));
    batch.put("text_states", texts.get("last_hidden_state"));
    batch.put("mask", withExtraTokens(batches.mask(tokens)));
    batch.put("noisy", new HostTensor.Floats(noisy, rows, 3, size, size));
    batch.put("timestep", new HostTensor.Floats(timesteps, rows));
    batch.put("clean", new HostTensor.Floats(pictures, rows, 3, size, size));
    batch.put("coefficients", new HostTensor.Floats(coefficients, rows, COEFFICIENTS));
    return batch;
  }

  /**
   * log of the posterior variance and of beta (DDPM eq. 7), the mean's factor, and whether t > 0.
   */
  private static void coefficients(int t, float[] target, int at) {
    if (t == 0) {
      return;
    }
    double beta = Noise.SCHEDULE.beta(t);
    double alphaBar = Noise.SCHEDULE.alphaBar(t);
    double before = Noise.SCHEDULE.alphaBar(t - 1);
    target[at] = (float) Math.log(beta * (1 - before) / (1 - alphaBar));
    target[at + 1] = (float) Math.log(beta);
    target[at + 2] = (float) (beta * Math.sqrt(before) / (1 - alphaBar));
    target[at + 3] = 1;
  }

  private static HostTensor.Longs withExtraTokens(HostTensor.Longs mask) {
    int rows = mask.shape()[0];
    int tokens = mask.shape()[1];
    long[] extended = new long[rows * (tokens + EXTRA_TOKENS)];
    java.util.Arrays.fill(extended, 1);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          mask.values(),
          row * tokens,
          extended,
          row * (tokens + EXTRA_TOKENS) + EXTRA_TOKENS,
          tokens);
    }
    return new HostTensor.Longs(extended, rows, tokens + EXTRA_TOKENS);
  }
}
