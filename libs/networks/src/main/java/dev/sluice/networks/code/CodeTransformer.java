package dev.sluice.networks.code;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.cost.RowCost;
import dev.sluice.networks.code.RememberingBlock.Memory;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ScoreBias;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A transformer that predicts the codes of a picture one after the other (Razavi et al. 2019,
 * section 3.2) in one sequence behind the tokens of a text (Ramesh et al. 2021, section 2.2). A
 * text's tokens attend to each other; a code to the text and to the codes before it. What stands at
 * a code's place in the sequence is made of the codes around it that are known: the one before, the
 * one above, and of the bottom level the top level's over it.
 *
 * <p>Codes are the words of a {@link CodeGrid}. What is computed depends on what is given:
 *
 * <ul>
 *   <li>{@code encoder_hidden_states [batch, tokens, c]}, with the padding among them, gives {@code
 *       text_memory [batch, layers, 2, tokens, width]}, the keys and values that codes attend to;
 *   <li>with {@code codes [batch, codes]} beside them, {@code logits [batch, codes, words]}, each
 *       of its own place: a code is looked at only by those after it;
 *   <li>{@code text_memory}, {@code codes}, {@code position [batch]} and {@code memory [batch,
 *       layers, 2, codes, width]}, of which what stands before the position counts, give that
 *       code's {@code logits [batch, words]}, and {@code remembered [batch, layers, 2, 1, width]}
 *       to be put into the memory at its position.
 * </ul>
 *
 * <p>No published checkpoint has this class.
 */
public final class CodeTransformer implements Architecture {

  private static final double EPSILON = 1e-5;

  /** No score, and no logit, raises it. */
  private static final float DROPPED = -10000f;

  private final CodeTransformerConfig config;
  private final CodeGrid grid;

  public CodeTransformer(Config config) {
    this.config = CodeTransformerConfig.of(config);
    this.grid = this.config.grid();
  }

  public CodeTransformerConfig config() {
    return config;
  }

  /** The tokens of the text that is read, or a code. */
  @Override
  public long cost(Map<String, HostTensor> row) {
    return row.containsKey("encoder_hidden_states")
        ? RowCost.ofCodes(config.textTokens(), row.containsKey("codes") ? grid.count() : 0)
        : RowCost.OF_A_CODE;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has("encoder_hidden_states")) {
      List<Memory> text = readText(root, inputs);
      outputs.put("text_memory", packed(tf, text, config.textTokens()));
      if (inputs.has("codes")) {
        outputs.put("logits", predictAll(root, inputs, text));
      }
    } else {
      predictNext(root, inputs, outputs);
    }
    return outputs;
  }

  /** The memory of every layer. */
  private List<Memory> readText(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> states = inputs.vectors(tf, "encoder_hidden_states", config.textWidth());
    if (extent(states, 1) != config.textTokens()) {
      throw new IllegalArgumentException(
          "encoder_hidden_states has %d tokens; this transformer takes %d"
              .formatted(extent(states, 1), config.textTokens()));
    }
    Operand<TFloat32> x =
        tf.math.add(
            linear(root.in("encoder_hidden_states_proj"), states, config.width()),
            root.weight("text_position", FirstValue.SMALL, 1, config.textTokens(), config.width()));
    List<Memory> memories = new ArrayList<>();
    through(root, x, layer -> List.of(), null, memories);
    return memories;
  }

  private Operand<TFloat32> predictAll(Scope root, Inputs inputs, List<Memory> text) {
    Ops tf = root.tf();
    int count = grid.count();
    Operand<TFloat32> x =
        tf.math.add(
            tf.math.add(
                around(root, inputs, "before", constant(tf, grid::before)),
                tf.math.add(
                    around(root, inputs, "above", constant(tf, grid::above)),
                    around(root, inputs, "over", constant(tf, grid::over)))),
            reshape(tf, places(root), 1, count, config.width()));
    Operand<TFloat32> bias = amongOthers(tf, ScoreBias.causal(tf, count, DROPPED), 0);
    Operand<TFloat32> states =
        through(root, x, layer -> List.of(text.get(layer)), bias, new ArrayList<>());
    return tf.math.add(logits(root, states), tf.expandDims(otherLevel(tf), tf.constant(0)));
  }

  private void predictNext(Scope root, Inputs inputs, Map<String, Operand<TFloat32>> outputs) {
    Ops tf = root.tf();
    int count = grid.count();
    Operand<TInt64> position = inputs.longs(tf, "position");
    Operand<TFloat32> x =
        tf.math.add(
            tf.math.add(
                around(root, inputs, "before", chosen(tf, position, grid::before)),
                tf.math.add(
                    around(root, inputs, "above", chosen(tf, position, grid::above)),
                    around(root, inputs, "over", chosen(tf, position, grid::over)))),
            tf.expandDims(tf.gather(places(root), position, tf.constant(0)), tf.constant(1)));
    Operand<TFloat32> later =
        tf.dtypes.cast(
            tf.math.greaterEqual(constant(tf, place -> place), reshape(tf, position, -1, 1)),
            TFloat32.class);
    Operand<TFloat32> bias =
        amongOthers(tf, reshape(tf, tf.math.mul(later, tf.constant(DROPPED)), -1, 1, 1, count), 1);
    List<Memory> text = unpacked(tf, inputs, "text_memory", config.textTokens());
    List<Memory> codes = unpacked(tf, inputs, "memory", count);
    List<Memory> own = new ArrayList<>();
    Operand<TFloat32> state =
        through(root, x, layer -> List.of(text.get(layer), codes.get(layer)), bias, own);
    outputs.put(
        "logits",
        tf.math.add(
            logits(root, reshape(tf, state, -1, config.width())),
            tf.gather(otherLevel(tf), position, tf.constant(0))));
    outputs.put("remembered", packed(tf, own, 1));
  }

  /** What each layer remembers before a part comes. */
  @FunctionalInterface
  private interface Before {
    List<Memory> of(int layer);
  }

  /**
   * A part of the sequence through all layers.
   *
   * @param bias added to the scores; null for none
   * @param memories receives what each remembers of it
   */
  private Operand<TFloat32> through(
      Scope root,
      Operand<TFloat32> x,
      Before before,
      Operand<TFloat32> bias,
      List<Memory> memories) {
    for (int layer = 0; layer < config.layers(); layer++) {
      RememberingBlock.Result result =
          RememberingBlock.apply(
              root.in("transformer_blocks").in(layer), x, before.of(layer), config.heads(), bias);
      x = result.states();
      memories.add(result.memory());
    }
    return layerNorm(root.in("norm_out"), x, EPSILON);
  }

  /**
   * Embeds the codes at other places, each role from a table of its own.
   *
   * @param places {@code [1 or batch, places]}; the number of codes for none
   * @return {@code [1 or batch, places, width]}
   */
  private Operand<TFloat32> around(Scope root, Inputs inputs, String role, Operand<TInt64> places) {
    Ops tf = root.tf();
    Operand<TInt64> codes = inputs.longs(tf, "codes");
    if (extent(codes, 1) != grid.count()) {
      throw new IllegalArgumentException(
          "codes has %d codes; this transformer takes %d"
              .formatted(extent(codes, 1), grid.count()));
    }
    // The word after all others stands for none.
    Operand<TInt64> known =
        tf.pad(codes, tf.constant(new int[][] {{0, 0}, {0, 1}}), tf.constant((long) grid.words()));
    Operand<TInt64> words =
        places.shape().size(0) == 1
            ? tf.gather(known, reshape(tf, places, extent(places, 1)), tf.constant(1))
            : tf.gather(known, places, tf.constant(1), Gather.batchDims(1L));
    return embedding(root.in(role + "_embedding"), words, grid.words() + 1, config.width());
  }

  /** {@code [1, codes]}. */
  private Operand<TInt64> constant(Ops tf, IntUnaryOperator ofPlace) {
    long[] values = new long[grid.count()];
    for (int place = 0; place < values.length; place++) {
      values[place] = ofPlace.applyAsInt(place);
    }
    return tf.constant(new long[][] {values});
  }

  /** {@code [batch, 1]}. */
  private Operand<TInt64> chosen(Ops tf, Operand<TInt64> position, IntUnaryOperator ofPlace) {
    Operand<TInt64> all = reshape(tf, constant(tf, ofPlace), grid.count());
    return tf.expandDims(tf.gather(all, position, tf.constant(0)), tf.constant(1));
  }

  /** {@code [codes, width]}. */
  private Operand<TFloat32> places(Scope root) {
    return root.weight("code_position", FirstValue.SMALL, grid.count(), config.width());
  }

  private Operand<TFloat32> logits(Scope root, Operand<TFloat32> states) {
    return linear(root.in("to_logits"), states, grid.words());
  }

  /** What keeps the other level's words from each place, {@code [codes, words]}. */
  private Operand<TFloat32> otherLevel(Ops tf) {
    float[][] bias = new float[grid.count()][grid.words()];
    for (int place = 0; place < bias.length; place++) {
      for (int word = 0; word < bias[place].length; word++) {
        boolean own = word / grid.entries() == grid.firstWord(place) / grid.entries();
        bias[place][word] = own ? 0 : DROPPED;
      }
    }
    return tf.constant(bias);
  }

  /**
   * What is added to the scores of codes, with nothing for the text before them.
   *
   * @param after keys that come after the codes
   */
  private Operand<TFloat32> amongOthers(Ops tf, Operand<TFloat32> ofCodes, int after) {
    return tf.pad(
        ofCodes,
        tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {config.textTokens(), after}}),
        tf.constant(0f));
  }

  /** {@code [batch, layers, 2, tokens, width]} of what every layer remembers. */
  private Operand<TFloat32> packed(Ops tf, List<Memory> memories, int tokens) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (Memory memory : memories) {
      parts.add(memory.keys());
      parts.add(memory.values());
    }
    return reshape(tf, concat(tf, 1, parts), config.memory(tokens));
  }

  private List<Memory> unpacked(Ops tf, Inputs inputs, String name, int tokens) {
    Operand<TFloat32> all = inputs.vectors(tf, name, config.width());
    int parts = 2 * config.layers();
    Operand<TFloat32> inOrder = reshape(tf, all, -1, parts * tokens, config.width());
    List<Operand<TFloat32>> cut =
        tf.split(tf.constant(1), inOrder, (long) parts).output().stream()
            .map(part -> (Operand<TFloat32>) part)
            .toList();
    List<Memory> memories = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      memories.add(new Memory(cut.get(2 * layer), cut.get(2 * layer + 1)));
    }
    return memories;
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int tokens = config.textTokens();
    return Map.of(
        "encoder_hidden_states",
        new HostTensor.Floats(
            new float[tokens * config.textWidth()], 1, tokens, config.textWidth()),
        "codes",
        new HostTensor.Longs(new long[grid.count()], 1, grid.count()));
  }
}
