package dev.sluice.trainer.latent;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.PhaseContext;
import java.util.Map;

/**
 * Scenes of the shapes world with what CLIP reads of them; a share of the captions is empty, for
 * classifier-free guidance.
 */
final class CaptionedScenes {

  private final ShapesBatches batches;
  private final double dropped;

  /** Batches of a phase, of which {@code dropped-texts} is the share. */
  CaptionedScenes(PhaseContext context) {
    this.batches = new ShapesBatches(context);
    this.dropped = context.own().number("dropped-texts", 0, 1);
  }

  /** {@code clean [rows, 3, 64, 64]} in [-1, 1], and {@code tokens [rows, tokens]}. */
  Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    boolean[] without = ShapesBatches.drop(batches.random(number), examples.length, dropped);
    return Map.of(
        "clean", ShapesBatches.pictures(examples), "tokens", batches.tokens(examples, without));
  }
}
