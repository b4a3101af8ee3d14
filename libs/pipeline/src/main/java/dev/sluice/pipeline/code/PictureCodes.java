package dev.sluice.pipeline.code;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.RunState;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Ask;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.draw.Categorical;
import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pictures while their codes are drawn, one code of each at every step (Razavi et al. 2019, section
 * 3.2). What the network has read is remembered, so a step costs one token and not the sequence;
 * rows of other pictures, at other places, share the call.
 */
final class PictureCodes implements ResumableLoop {

  /**
   * What is known of the pictures before the first code.
   *
   * @param memories the text's, of every row: of each picture what leads away, where there is
   *     guidance, and what leads towards
   * @param shape of what a row remembers of codes, {@code [1, layers, 2, codes, width]}
   */
  record Texts(List<HostTensor> memories, int[] shape) {}

  private final CodeGrid grid;
  private final Sampling sampling;
  private final TorchGenerator generator;
  private final StepListener listener;
  private final List<Row.Constants> texts;
  private final int[] shape;
  private final float[][] memories;
  private final long[][] words;
  private int position;

  /** A loop at its first code, or where {@code listener} knows that an earlier attempt stopped. */
  PictureCodes(
      CodeGrid grid,
      Texts texts,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener) {
    this.grid = grid;
    this.sampling = sampling;
    this.generator = generator;
    this.listener = listener;
    this.texts =
        texts.memories().stream()
            .map(memory -> new Row.Constants(Map.of("text_memory", memory)))
            .toList();
    this.shape = texts.shape();
    int length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    this.memories = new float[this.texts.size()][length];
    this.words = new long[this.texts.size() / rowsEach(sampling)][grid.count()];
    listener.beginning(this).ifPresent(this::goOnFrom);
  }

  /** Rows of a picture. */
  static int rowsEach(Sampling sampling) {
    return sampling.guidanceScale() == 1 ? 1 : 2;
  }

  private void goOnFrom(LoopState state) {
    if (!isOfThis(state)) {
      throw new IllegalArgumentException(
          "the state is of codes of shape %s; this loop's is %s"
              .formatted(Arrays.toString(state.run().shape()), Arrays.toString(codesShape())));
    }
    position = state.run().index();
    for (int i = 0; i < state.sample().length; i++) {
      words[i / grid.count()][i % grid.count()] = (long) state.sample()[i];
    }
    for (int row = 0; row < memories.length; row++) {
      memories[row] = state.features().get(row).values().clone();
    }
    generator.restore(state.generator());
  }

  @Override
  public boolean isOfThis(LoopState state) {
    return Arrays.equals(state.run().shape(), codesShape())
        && state.sample().length == words.length * grid.count()
        && state.run().index() <= steps()
        && state.features().size() == memories.length
        && state.features().stream().allMatch(memory -> Arrays.equals(memory.shape(), shape));
  }

  private int[] codesShape() {
    return new int[] {words.length, grid.count()};
  }

  @Override
  public LoopState state() {
    float[] sample = new float[words.length * grid.count()];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = words[i / grid.count()][i % grid.count()];
    }
    List<HostTensor.Floats> remembered =
        Arrays.stream(memories)
            .map(memory -> new HostTensor.Floats(memory.clone(), shape))
            .toList();
    RunState run = new RunState(codesShape(), 0, position, Map.of());
    return new LoopState(sample, run, generator.state(), remembered);
  }

  /** The pictures' codes as far as they are drawn, {@code [pictures, 2, height, width]}. */
  HostTensor.Floats sample() {
    return Tensors.batch(
        Arrays.stream(words).map(picture -> grid.sample(picture, position)).toList());
  }

  @Override
  public int step() {
    return position;
  }

  @Override
  public int steps() {
    return grid.count();
  }

  @Override
  public HostTensor.Floats predictedOriginal() {
    return position == 0 ? null : sample();
  }

  @Override
  public Claim claim() {
    return listener.claim();
  }

  @Override
  public boolean finished() {
    return position == grid.count();
  }

  @Override
  public Optional<Ask> next() {
    return finished()
        ? Optional.empty()
        : Optional.of(new Ask(IntStream.range(0, texts.size()).mapToObj(this::row).toList()));
  }

  private Row row(int row) {
    long[] picture = words[row / rowsEach(sampling)];
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("codes", new HostTensor.Longs(picture.clone(), 1, grid.count()));
    inputs.put("position", new HostTensor.Longs(new long[] {position}, 1));
    inputs.put("memory", new HostTensor.Floats(memories[row], shape));
    return new Row(texts.get(row), inputs);
  }

  @Override
  public void beforeCall() {
    listener.beforeStep();
  }

  @Override
  public void accept(List<Map<String, HostTensor.Floats>> outputs) {
    float[] drawn = generator.rand(words.length);
    int each = rowsEach(sampling);
    for (int picture = 0; picture < words.length; picture++) {
      int last = (picture + 1) * each - 1;
      double[] logits =
          Categorical.guided(
              each == 1 ? null : logits(outputs, last - 1),
              logits(outputs, last),
              sampling.guidanceScale());
      words[picture][position] = Categorical.draw(logits, sampling.drawing(), drawn[picture]);
    }
    for (int row = 0; row < memories.length; row++) {
      remember(row, outputs.get(row).get("remembered").values());
    }
    position++;
    listener.afterStep(position, steps(), this);
  }

  private static float[] logits(List<Map<String, HostTensor.Floats>> outputs, int row) {
    return outputs.get(row).get("logits").values();
  }

  /** Puts keys and values of all layers where those of this position belong. */
  private void remember(int row, float[] own) {
    int width = shape[shape.length - 1];
    for (int part = 0; part < own.length / width; part++) {
      System.arraycopy(
          own, part * width, memories[row], (part * grid.count() + position) * width, width);
    }
  }
}
