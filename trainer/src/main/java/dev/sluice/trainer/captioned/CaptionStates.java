package dev.sluice.trainer.captioned;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Captions as a kind of text encoder reads them; a share of them is empty, for classifier-free
 * guidance (Nichol et al. 2021, section 2.3).
 */
public interface CaptionStates extends AutoCloseable {

  /** What the encoder makes of a batch's captions, {@code [rows, tokens, width]}. */
  Operand<TFloat32> of(TrainingGraph graph, Component encoder);

  /**
   * The captions' part of a batch, to be added to.
   *
   * @param random decides which are empty
   */
  Map<String, HostTensor> batch(SceneSampler.Example[] examples, SplittableRandom random);

  @Override
  void close();
}
