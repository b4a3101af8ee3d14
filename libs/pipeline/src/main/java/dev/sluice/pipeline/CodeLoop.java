package dev.sluice.pipeline;

import dev.sluice.diffusion.RunState;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Picture embeddings while their codes are drawn, one code of each at every step (Ramesh et al.
 * 2022, section 2.2). Each pair of texts is a picture; the codes are asked to belong to a picture
 * whose dot product with its text is in the upper half of all.
 */
final class CodeLoop implements StepLoop {

  private static final String SIMILARITIES = "similarities";

  private final AutoregressivePriorConfig config;
  private final List<TextEmbedding> texts;
  private final List<TextEmbedding> negatives;
  private final double guidanceScale;
  private final TorchGenerator generator;
  private final StepListener listener;
  private final long[][] codes;
  private final long[] similarities;
  private int position;

  /**
   * A loop at its first code, or where {@code listener} knows that an earlier attempt stopped.
   *
   * @param negatives as many as texts; not used at guidance scales up to 1
   */
  CodeLoop(
      AutoregressivePriorConfig config,
      List<TextEmbedding> texts,
      List<TextEmbedding> negatives,
      double guidanceScale,
      TorchGenerator generator,
      StepListener listener) {
    this.config = config;
    this.texts = texts;
    this.negatives = negatives;
    this.guidanceScale = guidanceScale;
    this.generator = generator;
    this.listener = listener;
    this.codes = new long[texts.size()][config.codes()];
    this.similarities = new long[texts.size()];
    int lower = config.similarities() / 2;
    float[] drawn = generator.rand(texts.size());
    for (int i = 0; i < similarities.length; i++) {
      similarities[i] = lower + (long) (drawn[i] * (config.similarities() - lower));
    }
    listener.beginning(this).ifPresent(this::goOnFrom);
  }

  private void goOnFrom(DenoiseState state) {
    if (!isOfThis(state)) {
      throw new IllegalArgumentException(
          "the state is of codes of shape %s; this loop's is %s"
              .formatted(Arrays.toString(state.run().shape()), Arrays.toString(shape())));
    }
    position = state.run().index();
    float[] drawn = state.run().tensors().get(SIMILARITIES);
    for (int picture = 0; picture < codes.length; picture++) {
      similarities[picture] = (long) drawn[picture];
      for (int i = 0; i < config.codes(); i++) {
        codes[picture][i] = (long) state.sample()[picture * config.codes() + i];
      }
    }
    generator.restore(state.generator());
  }

  @Override
  public boolean isOfThis(DenoiseState state) {
    float[] drawn = state.run().tensors().get(SIMILARITIES);
    return Arrays.equals(state.run().shape(), shape())
        && state.sample().length == codes.length * config.codes()
        && drawn != null
        && drawn.length == codes.length
        && state.run().index() <= steps();
  }

  private int[] shape() {
    return new int[] {codes.length, config.codes()};
  }

  @Override
  public DenoiseState state() {
    float[] all = new float[codes.length * config.codes()];
    float[] drawn = new float[codes.length];
    for (int picture = 0; picture < codes.length; picture++) {
      drawn[picture] = similarities[picture];
      for (int i = 0; i < config.codes(); i++) {
        all[picture * config.codes() + i] = codes[picture][i];
      }
    }
    RunState run = new RunState(shape(), 0, position, Map.of(SIMILARITIES, drawn));
    return new DenoiseState(all, run, generator.state(), List.of());
  }

  /** The codes of all pictures, {@code [pictures, codes]}; those not drawn yet are 0. */
  HostTensor.Longs codes() {
    long[] all = new long[codes.length * config.codes()];
    for (int picture = 0; picture < codes.length; picture++) {
      System.arraycopy(codes[picture], 0, all, picture * config.codes(), config.codes());
    }
    return new HostTensor.Longs(all, codes.length, config.codes());
  }

  @Override
  public int step() {
    return position;
  }

  @Override
  public int steps() {
    return config.codes();
  }

  @Override
  public HostTensor.Floats predictedOriginal() {
    return null;
  }

  @Override
  public Claim claim() {
    return listener.claim();
  }

  @Override
  public boolean finished() {
    return position == config.codes();
  }

  private boolean guided() {
    return guidanceScale > 1;
  }

  @Override
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int picture = 0; picture < codes.length; picture++) {
      if (guided()) {
        rows.add(row(negatives.get(picture), picture));
      }
      rows.add(row(texts.get(picture), picture));
    }
    return rows;
  }

  private Row row(TextEmbedding text, int picture) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("encoder_hidden_states", text.hiddenStates());
    inputs.put("attention_mask", text.mask());
    inputs.put("proj_embedding", text.embeds());
    inputs.put("similarity", new HostTensor.Longs(new long[] {similarities[picture]}, 1));
    inputs.put("codes", new HostTensor.Longs(codes[picture].clone(), 1, config.codes()));
    inputs.put("position", new HostTensor.Longs(new long[] {position}, 1));
    return new Row(inputs);
  }

  @Override
  public void beforeStep() {
    listener.beforeStep();
  }

  @Override
  public void accept(List<Map<String, HostTensor.Floats>> outputs) {
    float[] drawn = generator.rand(codes.length);
    int row = 0;
    for (int picture = 0; picture < codes.length; picture++) {
      float[] away = guided() ? outputs.get(row++).get("logits").values() : null;
      float[] logits = outputs.get(row++).get("logits").values();
      codes[picture][position] = Categorical.draw(guidedLogits(away, logits), drawn[picture]);
    }
    position++;
    listener.afterStep(position, steps(), this);
  }

  private double[] guidedLogits(float[] away, float[] logits) {
    double[] guided = new double[logits.length];
    for (int i = 0; i < guided.length; i++) {
      guided[i] =
          away == null ? logits[i] : away[i] + guidanceScale * ((double) logits[i] - away[i]);
    }
    return guided;
  }
}
