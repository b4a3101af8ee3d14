package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
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
 * The decoder's loss: the squared distance of the clean picture. Picture embeddings and texts are
 * dropped independently for classifier-free guidance.
 *
 * <p>A step counts by its signal-to-noise ratio, up to a bound (Hang et al. 2023, "Efficient
 * Diffusion Training via Min-SNR Weighting Strategy", section 3.4). Without, half of the loss is
 * where an object stands at the noisiest steps, which nothing can tell; without the bound, which is
 * noise prediction, most of it are the last steps, where everything is settled.
 *
 * <p>The variance that the network also has channels for, as diffusers' pipeline wants it, is not
 * trained: they stay at zero, the middle of the range of Nichol and Dhariwal 2021, equation 15.
 * What that paper trains fits steps of one timestep; over the fifty of a twenty-step sampling it is
 * extrapolated far beyond its range.
 */
final class DecoderObjective implements Objective {

  private static final double DROPPED_PICTURES = 0.1;
  private static final double DROPPED_TEXTS = 0.15;
  private static final int EXTRA_TOKENS = 4;

  private static final double LEAST_WEIGHT = 0.05;
  private static final double MOST_WEIGHT = 5;

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
    Operand<TFloat32> predicted =
        tf.slice(
            output, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {-1, 3, -1, -1}));
    Operand<TFloat32> clean = graph.floats("clean", 3, size, size);
    return graph.mean(
        tf.math.mul(tf.math.squaredDifference(predicted, clean), graph.floats("weight", 1, 1, 1)));
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
    float[] weights = new float[rows];
    for (int row = 0; row < rows; row++) {
      float[] clean = ShapesBatches.reduced(examples[row].pixels(), size);
      int t = (int) timesteps[row];
      Noise.add(clean, t, random, noisy, row * length);
      System.arraycopy(clean, 0, pictures, row * length, length);
      weights[row] = weight(t);
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
    batch.put("weight", new HostTensor.Floats(weights, rows, 1, 1, 1));
    return batch;
  }

  private static float weight(int t) {
    double alphaBar = Noise.SCHEDULE.alphaBar(t);
    return (float) Math.max(LEAST_WEIGHT, Math.min(MOST_WEIGHT, alphaBar / (1 - alphaBar)));
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
