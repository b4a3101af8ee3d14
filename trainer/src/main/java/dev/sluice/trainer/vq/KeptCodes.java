package dev.sluice.trainer.vq;

import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.data.KeptNumbers;
import dev.sluice.trainer.data.Shuffled;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The codes of pictures, computed once and kept with the whole numbers that belong to the pictures:
 * the encoder no longer learns.
 */
final class KeptCodes {

  /** Their name in a batch: the words of a picture, {@code [rows, codes]}. */
  static final String CODES = "codes";

  private static final String PICTURES = "clean";

  /** A gigabyte of the codes of small pictures. */
  private static final int MOST = 1 << 20;

  /** Pictures between two words of how far it is. */
  private static final int PROGRESS = 8192;

  private final int rows;
  private final KeptNumbers kept;
  private final Shuffled order;

  /**
   * Encodes as many pictures as the phase's {@code kept} says, in whole batches.
   *
   * @param folder of the autoencoder, with its weights
   * @param grid the order of its codes
   * @param source of batches of {@code clean} pictures with whole numbers beside them
   */
  KeptCodes(PhaseContext context, Path folder, CodeGrid grid, PictureSource source)
      throws IOException {
    this.rows = context.settings().rows();
    int wanted = context.own().integer("kept", 1);
    if (wanted > MOST) {
      throw new RecipeException(
          "kept is %,d; codes of at most %,d pictures are kept".formatted(wanted, MOST));
    }
    int batches = (wanted - 1) / rows + 1;
    this.kept = new KeptNumbers(batches * rows);
    this.order = new Shuffled(batches * rows, context.settings().seed());
    AtomicInteger done = new AtomicInteger();
    try (TensorSource weights = Checkpoints.open(folder);
        Network encoder = Network.load(new VqVae2Model(OtherModel.config(folder)), weights)) {
      // The trainer gives an operation one thread: here whole batches are side by side.
      IntStream.range(0, batches)
          .parallel()
          .forEach(
              batch -> {
                Map<String, HostTensor> pictures = source.batch(batch);
                kept.keep(batch * rows, pictures);
                kept.keep(
                    batch * rows, Map.of(CODES, codes(encoder, grid, pictures.get(PICTURES))));
                int count = done.incrementAndGet() * rows;
                if (count / PROGRESS != (count - rows) / PROGRESS || count == batches * rows) {
                  context.out().printf("codes of %,d of %,d pictures%n", count, batches * rows);
                }
              });
    }
  }

  private static HostTensor.Longs codes(Network encoder, CodeGrid grid, HostTensor pictures) {
    Map<String, HostTensor.Floats> encoded =
        encoder.run(Map.of("x", pictures), Set.of("top_codes", "bottom_codes"));
    int rows = pictures.shape()[0];
    long[] codes = new long[rows * grid.count()];
    for (int row = 0; row < rows; row++) {
      long[] words =
          grid.words(
              encoded.get("top_codes").row(row).values(),
              encoded.get("bottom_codes").row(row).values());
      System.arraycopy(words, 0, codes, row * words.length, words.length);
    }
    return new HostTensor.Longs(codes, rows, grid.count());
  }

  /** {@link #CODES}, and what belongs to the pictures. */
  Map<String, HostTensor> batch(long number) {
    return kept.batch(order.batch(number, rows));
  }
}
