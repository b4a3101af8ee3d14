package dev.sluice.trainer.captioned;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Captions as a CLIP reads them: all of its tokens, padding among them. */
final class ClipCaptions implements CaptionStates {

  private static final String TOKENS = "tokens";

  private final ShapesBatches batches;
  private final double dropped;

  /** Of a phase, of which {@code dropped-texts} is the share that is empty. */
  ClipCaptions(PhaseContext context) {
    this.batches = new ShapesBatches(context);
    this.dropped = context.own().number("dropped-texts", 0, 1);
  }

  @Override
  public Operand<TFloat32> of(TrainingGraph graph, Component encoder) {
    return graph
        .build(encoder, Map.of("input_ids", graph.longs(TOKENS, ShapesVocabulary.MAX_LENGTH)))
        .get("last_hidden_state");
  }

  @Override
  public Map<String, HostTensor> batch(SceneSampler.Example[] examples, SplittableRandom random) {
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put(
        TOKENS, batches.tokens(examples, ShapesBatches.drop(random, examples.length, dropped)));
    return batch;
  }

  /** Has nothing to close. */
  @Override
  public void close() {}
}
