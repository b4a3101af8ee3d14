package dev.sluice.pipeline.embed;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.RunState;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import dev.sluice.pipeline.batch.Ask;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.draw.Categorical;
import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Picture embeddings while their codes are drawn, one code of each at every step (Ramesh et al.
 * 2022, section 2.2). Each pair of texts is a picture; the codes are asked to belong to a picture
 * whose dot product with its text is in the upper half of all.
 */
final class CodeLoop implements ResumableLoop {

  private static final String SIMILARITIES = "similarities";

  private final AutoregressivePriorConfig config;
  private final List<Row.Constants> texts;
  private final List<Row.Constants> negatives;
  private final double guidanceScale;
  private final TorchGenerator generator;
  private final StepListener listener;
  private final long[] codes;
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
    this.texts = constants(texts);
    this.negatives = guidanceScale > 1 ? constants(negatives) : List.of();
    this.guidanceScale = guidanceScale;
    this.generator = generator;
    this.listener = listener;
    this.codes = new long[texts.size() * config.codes()];
    this.similarities = new long[texts.size()];
    int lower = config.similarities() / 2;
    float[] drawn = generator.rand(texts.size());
    for (int i = 0; i < similarities.length; i++) {
      similarities[i] = lower + (long) (drawn[i] * (config.similarities() - lower));
    }
    listener.beginning(this).ifPresent(this::goOnFrom);
  }

  private void goOnFrom(LoopState state) {
    if (!isOfThis(state)) {
      throw new IllegalArgumentException(
          "the state is of codes of shape %s; this loop's is %s"
              .formatted(Arrays.toString(state.run().shape()), Arrays.toString(shape())));
    }
    position = state.run().index();
    float[] drawn = state.run().tensors().get(SIMILARITIES);
    for (int picture = 0; picture < similarities.length; picture++) {
      similarities[picture] = (long) drawn[picture];
    }
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (long) state.sample()[i];
    }
    generator.restore(state.generator());
  }

  @Override
  public boolean isOfThis(LoopState state) {
    float[] drawn = state.run().tensors().get(SIMILARITIES);
    return Arrays.equals(state.run().shape(), shape())
        && state.sample().length == codes.length
        && drawn != null
        && drawn.length == similarities.length
        && state.run().index() <= steps();
  }

  private int[] shape() {
    return new int[] {texts.size(), config.codes()};
  }

  @Override
  public LoopState state() {
    Map<String, float[]> drawn = Map.of(SIMILARITIES, floats(similarities));
    RunState run = new RunState(shape(), 0, position, drawn);
    return new LoopState(floats(codes), run, generator.state(), List.of());
  }

  private static float[] floats(long[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }

  /** The codes of all pictures, {@code [pictures, codes]}; those not drawn yet are 0. */
  HostTensor.Longs codes() {
    return new HostTensor.Longs(codes.clone(), shape());
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
  public Optional<Ask> next() {
    return finished() ? Optional.empty() : Optional.of(new Ask(rows()));
  }

  /** What the next code asks. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int picture = 0; picture < texts.size(); picture++) {
      if (guided()) {
        rows.add(row(negatives.get(picture), picture));
      }
      rows.add(row(texts.get(picture), picture));
    }
    return rows;
  }

  private static List<Row.Constants> constants(List<TextEmbedding> texts) {
    return texts.stream()
        .map(
            text ->
                new Row.Constants(
                    Map.of(
                        "encoder_hidden_states", text.hiddenStates(),
                        "attention_mask", text.mask(),
                        "proj_embedding", text.embeds())))
        .toList();
  }

  private Row row(Row.Constants text, int picture) {
    int first = picture * config.codes();
    long[] own = Arrays.copyOfRange(codes, first, first + config.codes());
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("similarity", new HostTensor.Longs(new long[] {similarities[picture]}, 1));
    inputs.put("codes", new HostTensor.Longs(own, 1, config.codes()));
    inputs.put("position", new HostTensor.Longs(new long[] {position}, 1));
    return new Row(text, inputs);
  }

  @Override
  public void beforeCall() {
    listener.beforeStep();
  }

  @Override
  public void accept(List<Map<String, HostTensor.Floats>> outputs) {
    float[] drawn = generator.rand(texts.size());
    int row = 0;
    for (int picture = 0; picture < texts.size(); picture++) {
      float[] away = guided() ? outputs.get(row++).get("logits").values() : null;
      float[] logits = outputs.get(row++).get("logits").values();
      codes[picture * config.codes() + position] =
          Categorical.draw(Categorical.guided(away, logits, guidanceScale), drawn[picture]);
    }
    position++;
    listener.afterStep(position, steps(), this);
  }
}
