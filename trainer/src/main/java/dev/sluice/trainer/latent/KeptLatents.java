package dev.sluice.trainer.latent;

import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.HalfPrecision;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.data.BucketOrder;
import dev.sluice.trainer.data.KeptNumbers;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Latents of pictures, computed once and kept: the encoder no longer learns, and would take more
 * than a quarter of every step. What it thinks possible is kept, in half precision, so that each
 * batch is another draw of it.
 *
 * <p>Pictures may be of several sizes, each batch of one: they are {@link Objective#forms}, whose
 * order is {@link BucketOrder}'s.
 */
public final class KeptLatents implements PictureSource {

  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String PICTURES = "clean";

  /** Four gigabytes of the latents of small pictures. */
  private static final int MOST = 1 << 20;

  /** Pictures between two words of how far it is. */
  private static final int PROGRESS = 8192;

  private final Latents latents;
  private final int rows;
  private final List<Form> forms = new ArrayList<>();
  private final short[][] means;
  private final short[][] spreads;
  private final KeptNumbers labels;
  private final BucketOrder order;

  /**
   * Latents of one size.
   *
   * @param shape of each, {@code channels, height, width}
   * @param batches whose pictures have it, by their numbers
   */
  private record Form(long[] shape, List<Integer> batches) {}

  /**
   * Encodes as many pictures as the phase's {@code kept} says, in whole batches.
   *
   * @param source of batches of {@code clean} pictures, each of one size, with whole numbers beside
   *     them, which are kept as they are
   */
  public KeptLatents(PhaseContext context, Latents latents, PictureSource source)
      throws IOException {
    this(context, latents, source, context.own().integer("kept", 1));
  }

  /**
   * Encodes as many pictures as are wanted, in whole batches.
   *
   * @param source as above
   */
  public KeptLatents(PhaseContext context, Latents latents, PictureSource source, int pictures)
      throws IOException {
    if (pictures > MOST) {
      throw new RecipeException(
          "%,d pictures are to be kept; latents of at most %,d are".formatted(pictures, MOST));
    }
    this.latents = latents;
    this.rows = context.settings().rows();
    int batches = (pictures - 1) / rows + 1;
    this.means = new short[batches * rows][];
    this.spreads = new short[batches * rows][];
    this.labels = new KeptNumbers(batches * rows);
    long[][] shapes = new long[batches][];
    AtomicInteger done = new AtomicInteger();
    try (TensorSource weights = Checkpoints.open(latents.folder());
        Network encoder = Network.load(new AutoencoderKl(latents.config()), weights)) {
      // The trainer gives an operation one thread: here whole batches are side by side.
      IntStream.range(0, batches)
          .parallel()
          .forEach(
              batch -> {
                shapes[batch] = keep(batch, source.batch(batch), encoder);
                int count = done.incrementAndGet() * rows;
                if (count / PROGRESS != (count - rows) / PROGRESS || count == means.length) {
                  context.out().printf("latents of %,d of %,d pictures%n", count, means.length);
                }
              });
    }
    for (int batch = 0; batch < batches; batch++) {
      form(shapes[batch]).batches().add(batch);
    }
    int[] counts = forms.stream().mapToInt(form -> form.batches().size() * rows).toArray();
    this.order = new BucketOrder(counts, rows, context.settings().seed());
  }

  private Form form(long[] shape) {
    for (Form form : forms) {
      if (Arrays.equals(form.shape(), shape)) {
        return form;
      }
    }
    forms.add(new Form(shape, new ArrayList<>()));
    return forms.get(forms.size() - 1);
  }

  /** How many sizes there are. */
  public int forms() {
    return forms.size();
  }

  /** Of which size a batch is. */
  public int form(long number) {
    return order.bucket(number);
  }

  private long[] keep(int batch, Map<String, HostTensor> pictures, Network encoder) {
    Map<String, HostTensor.Floats> encoded = encoder.run(Map.of("x", pictures.get(PICTURES)));
    HostTensor.Floats mean = encoded.get(MEAN);
    for (int row = 0; row < rows; row++) {
      means[batch * rows + row] = halves(mean, row);
      spreads[batch * rows + row] = halves(encoded.get(STD), row);
    }
    labels.keep(batch * rows, pictures);
    return Arrays.stream(mean.shape()).skip(1).asLongStream().toArray();
  }

  private static short[] halves(HostTensor.Floats tensor, int row) {
    float[] values = tensor.row(row).values();
    short[] halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = HalfPrecision.toF16(values[i]);
    }
    return halves;
  }

  /**
   * The latents of a batch of the graph's form as a denoiser has them, {@code [rows, channels,
   * height, width]}.
   */
  public Operand<TFloat32> drawn(TrainingGraph graph) {
    long[] shape = forms.get(graph.form()).shape();
    return latents.scaled(
        graph,
        Latents.drawn(
            graph, Map.of(MEAN, graph.floats(MEAN, shape), STD, graph.floats(STD, shape))));
  }

  /** What {@link #drawn} is fed with, and the whole numbers that belong to the pictures. */
  @Override
  public Map<String, HostTensor> batch(long number) {
    BucketOrder.Batch entries = order.batch(number);
    Form form = forms.get(entries.bucket());
    int[] chosen =
        Arrays.stream(entries.entries())
            .map(entry -> form.batches().get(entry / rows) * rows + entry % rows)
            .toArray();
    Map<String, HostTensor> batch = new LinkedHashMap<>(labels.batch(chosen));
    batch.put(MEAN, floats(means, form.shape(), chosen));
    batch.put(STD, floats(spreads, form.shape(), chosen));
    return batch;
  }

  private static HostTensor floats(short[][] kept, long[] shape, int[] chosen) {
    int length = kept[chosen[0]].length;
    float[] values = new float[chosen.length * length];
    for (int row = 0; row < chosen.length; row++) {
      for (int i = 0; i < length; i++) {
        values[row * length + i] = HalfPrecision.fromF16(kept[chosen[row]][i]);
      }
    }
    int[] full =
        IntStream.concat(
                IntStream.of(chosen.length), Arrays.stream(shape).mapToInt(Math::toIntExact))
            .toArray();
    return new HostTensor.Floats(values, full);
  }
}
