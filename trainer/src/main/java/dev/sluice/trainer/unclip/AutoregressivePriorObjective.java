package dev.sluice.trainer.unclip;

import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePrior;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.CrossEntropy;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The autoregressive prior's loss (Ramesh et al. 2022, section 2.2): the cross-entropy of each code
 * of the picture embedding, given the text and the codes before it. Some texts are dropped for
 * classifier-free guidance.
 */
final class AutoregressivePriorObjective implements Objective {

  /** What is measured and not trained. */
  private static final Set<String> MEASUREMENTS =
      Set.of("clip_mean", "components.weight", "code_low", "code_high");

  private final Recipe recipe;
  private final double droppedTexts;
  private final ShapesBatches batches;
  private final Embeddings clip;
  private final AutoregressivePriorConfig config;
  private final PrincipalComponents components;

  /** The logarithm of how often each code is in each bucket: where the logits' biases begin. */
  private final float[] logFrequencies;

  /** The largest dot product of each bucket but the last; buckets are equally likely. */
  private final float[] similarityBounds;

  AutoregressivePriorObjective(PhaseContext context) {
    this.recipe = context.recipe();
    this.droppedTexts = context.own().number("dropped-texts", 0, 1);
    this.batches = new ShapesBatches(context);
    this.clip = new Embeddings(context);
    this.config = AutoregressivePriorConfig.of(Config.of(ShapesUnclip.autoregressivePrior(recipe)));
    int width = config.embedding();
    // From these components, their ranges and the buckets of dot products are taken.
    int measured = context.own().integer("measured", config.codes());
    float[] pictures = new float[measured * width];
    float[] similarities = new float[measured];
    for (int step = 0, row = 0; row < measured; step++) {
      SceneSampler.Example[] examples = batches.examples(step);
      float[] embeddings = clip.pictures(examples).values();
      float[] found =
          similarities(embeddings, texts(examples, ShapesBatches.none(examples.length)));
      int count = Math.min(examples.length, measured - row);
      System.arraycopy(embeddings, 0, pictures, row * width, count * width);
      System.arraycopy(found, 0, similarities, row, count);
      row += count;
    }
    this.components =
        PrincipalComponents.of(new HostTensor.Floats(pictures, measured, width), config.codes());
    this.logFrequencies = logFrequencies(pictures);
    Arrays.sort(similarities);
    this.similarityBounds = new float[config.similarities() - 1];
    for (int i = 0; i < similarityBounds.length; i++) {
      similarityBounds[i] = similarities[(i + 1) * measured / config.similarities()];
    }
    System.err.printf(
        "autoregressive prior: %d components carry %.2f %% of the variance%n",
        components.count(), 100 * components.explained());
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    int tokens = ShapesVocabulary.MAX_LENGTH;
    Component prior =
        graph
            .trained(
                "autoregressive_prior",
                new AutoregressivePrior(Config.of(ShapesUnclip.autoregressivePrior(recipe))),
                name -> !MEASUREMENTS.contains(name))
            .startingWith("clip_mean", components.mean())
            .startingWith("components.weight", components.components())
            .startingWith("code_low", components.low())
            .startingWith("code_high", components.high())
            .startingWith("to_logits.bias", logFrequencies);
    Operand<TInt64> codes = graph.longs("codes", config.codes());
    Map<String, Operand<TFloat32>> outputs =
        graph.build(
            prior,
            Map.of(
                "encoder_hidden_states", graph.floats("text_states", tokens, config.textWidth()),
                "attention_mask", graph.longs("mask", tokens),
                "proj_embedding", graph.floats("text_embeds", config.embedding()),
                "similarity", graph.longs("similarity"),
                "codes", codes,
                // Declares what is measured, so that it is exported as well.
                "finished_codes", codes));
    Operand<TFloat32> logits = reshape(tf, outputs.get("logits"), -1, config.buckets());
    Operand<TInt64> right = tf.reshape(codes, tf.constant(new int[] {-1}));
    return List.of(
        new Player(
            "autoregressive_prior", CrossEntropy.ofClasses(graph, logits, right), List.of(prior)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    int rows = examples.length;
    float[] pictures = clip.pictures(examples).values();
    long[] codes = codes(pictures);
    // Of a dropped text, too: how well the picture fits its text is known without the text.
    float[] products = similarities(pictures, texts(examples, ShapesBatches.none(rows)));
    long[] similarities = new long[rows];
    for (int row = 0; row < rows; row++) {
      int found = Arrays.binarySearch(similarityBounds, products[row]);
      similarities[row] = found >= 0 ? found : -found - 1;
    }
    HostTensor.Longs tokens =
        batches.tokens(examples, ShapesBatches.drop(random, rows, droppedTexts));
    Map<String, HostTensor.Floats> texts = clip.texts(tokens);
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("text_states", texts.get("last_hidden_state"));
    batch.put("mask", batches.mask(tokens));
    batch.put("text_embeds", texts.get("text_embeds"));
    batch.put("similarity", new HostTensor.Longs(similarities, rows));
    batch.put("codes", new HostTensor.Longs(codes, rows, config.codes()));
    return batch;
  }

  /** {@code [rows, codes]} of embeddings {@code [rows, width]}. */
  private long[] codes(float[] pictures) {
    long[] codes = new long[pictures.length / config.embedding() * config.codes()];
    for (int row = 0; row < codes.length / config.codes(); row++) {
      float[] along = components.project(pictures, row);
      for (int i = 0; i < along.length; i++) {
        codes[row * along.length + i] = components.bucket(i, along[i], config.buckets());
      }
    }
    return codes;
  }

  /** {@code [codes, buckets]}; each bucket is counted once more than it occurs. */
  private float[] logFrequencies(float[] pictures) {
    float[] counts = new float[config.codes() * config.buckets()];
    Arrays.fill(counts, 1);
    long[] codes = codes(pictures);
    for (int i = 0; i < codes.length; i++) {
      counts[i % config.codes() * config.buckets() + (int) codes[i]]++;
    }
    double all = codes.length / config.codes() + config.buckets();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (float) Math.log(counts[i] / all);
    }
    return counts;
  }

  private float[] texts(SceneSampler.Example[] examples, boolean[] dropped) {
    return clip.texts(batches.tokens(examples, dropped)).get("text_embeds").values();
  }

  private float[] similarities(float[] pictures, float[] texts) {
    int width = config.embedding();
    float[] products = new float[pictures.length / width];
    for (int row = 0; row < products.length; row++) {
      double sum = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        sum += (double) pictures[i] * texts[i];
      }
      products[row] = (float) sum;
    }
    return products;
  }

  @Override
  public void close() {
    clip.close();
  }
}
