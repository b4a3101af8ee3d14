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

/** Captions as a T5 reads them: {@value ShapesPieces#LENGTH} tokens, padding hidden from it. */
public final class T5Captions implements CaptionStates {

  private final ShapesPieces pieces;
  private final double dropped;

  /** Of a phase, of which {@code dropped-texts} is the share that is empty. */
  public T5Captions(PhaseContext context) {
    this.pieces = new ShapesPieces(context.model().resolve(IfFiles.TOKENIZER));
    this.dropped = context.own().number("dropped-texts", 0, 1);
  }

  @Override
  public Operand<TFloat32> of(TrainingGraph graph, Component encoder) {
    return graph
        .build(
            encoder,
            Map.of(
                "input_ids", graph.longs("ids", ShapesPieces.LENGTH),
                "attention_mask", graph.longs("mask", ShapesPieces.LENGTH)))
        .get("last_hidden_state");
  }

  @Override
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
