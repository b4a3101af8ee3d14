package dev.sluice.trainer.captioned;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Captions as a T5 reads them; a share of them is empty, for classifier-free guidance (Nichol et
 * al. 2021, section 2.3).
 */
public final class ReadCaptions implements AutoCloseable {

  private final ShapesPieces pieces;
  private final double dropped;

  /** Of a phase, of which {@code dropped-texts} is the share. */
  public ReadCaptions(PhaseContext context) {
    this.pieces = new ShapesPieces(context.model().resolve(IfFiles.TOKENIZER));
    this.dropped = context.own().number("dropped-texts", 0, 1);
  }

  /** What the encoder makes of a batch's captions, {@code [rows, 77, width]}. */
  public Operand<TFloat32> states(TrainingGraph graph, Component encoder) {
    return graph
        .build(
            encoder,
            Map.of(
                "input_ids", graph.longs("ids", ShapesPieces.LENGTH),
                "attention_mask", graph.longs("mask", ShapesPieces.LENGTH)))
        .get("last_hidden_state");
  }

  /**
   * The captions' part of a batch, to be added to.
   *
   * @param random decides which are empty
   */
  public Map<String, HostTensor> batch(SceneSampler.Example[] examples, SplittableRandom random) {
    ShapesPieces.Tokens tokens =
        pieces.tokens(examples, ShapesBatches.drop(random, examples.length, dropped));
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("ids", tokens.ids());
    batch.put("mask", tokens.mask());
    return batch;
  }

  @Override
  public void close() {
    pieces.close();
  }
}
