package dev.sluice.trainer.latent;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Latents of the shapes world with what CLIP reads of their captions; a share of the captions is
 * empty, for classifier-free guidance.
 */
final class CaptionedLatents {

  private static final String TOKENS = "tokens";

  private final ShapesBatches batches;
  private final KeptLatents latents;
  private final double dropped;

  /** Batches of a phase, of which {@code dropped-texts} is the share. */
  CaptionedLatents(PhaseContext context, Latents latents) throws IOException {
    this(context, latents, scenes(new ShapesBatches(context)));
  }

  /**
   * The same of other pictures.
   *
   * @param source of {@code clean} pictures and their {@code tokens}, with whole numbers beside
   *     them
   */
  CaptionedLatents(PhaseContext context, Latents latents, PictureSource source) throws IOException {
    this.batches = new ShapesBatches(context);
    this.latents = new KeptLatents(context, latents, source);
    this.dropped = context.own().number("dropped-texts", 0, 1);
  }

  private static PictureSource scenes(ShapesBatches batches) {
    return number -> {
      SceneSampler.Example[] examples = batches.examples(number);
      boolean[] none = ShapesBatches.none(examples.length);
      return Map.of(
          "clean", ShapesBatches.pictures(examples), TOKENS, batches.tokens(examples, none));
    };
  }

  /** As {@link KeptLatents#forms}. */
  int forms() {
    return latents.forms();
  }

  /** As {@link KeptLatents#form}. */
  int form(long number) {
    return latents.form(number);
  }

  /** The latents of a batch, as {@link KeptLatents#drawn} has them. */
  Operand<TFloat32> drawn(TrainingGraph graph) {
    return latents.drawn(graph);
  }

  /**
   * What {@link #drawn} is fed with, {@code tokens [rows, tokens]}, and the whole numbers beside
   * them.
   */
  Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(latents.batch(number));
    boolean[] without = ShapesBatches.drop(batches.random(number), batches.size(), dropped);
    batch.put(TOKENS, batches.without((HostTensor.Longs) batch.get(TOKENS), without));
    return batch;
  }

  /** The tokens of no caption, as many rows as a batch has. */
  HostTensor untold() {
    boolean[] all = new boolean[batches.size()];
    Arrays.fill(all, true);
    return batches.tokens(batches.examples(0), all);
  }
}
