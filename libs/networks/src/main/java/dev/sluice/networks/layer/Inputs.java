package dev.sluice.networks.layer;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** The named inputs of one built signature: operands for a builder, placeholders for the runner. */
public final class Inputs {

  private final Map<String, Operand<? extends TType>> byName = new LinkedHashMap<>();

  /** Inputs that are any operands, as a trainer has them. */
  public static Inputs of(Map<String, ? extends Operand<? extends TType>> operands) {
    Inputs inputs = new Inputs();
    inputs.byName.putAll(operands);
    return inputs;
  }

  /** Placeholders with the given values' types and shapes; the outermost dimension stays open. */
  public static Inputs placeholders(Ops tf, Map<String, HostTensor> like) {
    return placeholders(tf, like, false);
  }

  /** As {@link #placeholders}, for exactly these numbers of rows. */
  public static Inputs placeholdersOfRows(Ops tf, Map<String, HostTensor> like) {
    return placeholders(tf, like, true);
  }

  private static Inputs placeholders(Ops tf, Map<String, HostTensor> like, boolean rowsKnown) {
    Inputs inputs = new Inputs();
    new TreeMap<>(like)
        .forEach(
            (name, value) -> {
              long[] extents = Arrays.stream(value.shape()).asLongStream().toArray();
              if (extents.length == 0) {
                throw new IllegalArgumentException(
                    "input " + name + " is a scalar; give one value per row: [batch]");
              }
              if (!rowsKnown) {
                extents[0] = Shape.UNKNOWN_SIZE;
              }
              Shape shape = Shape.of(extents);
              inputs.byName.put(
                  name,
                  value instanceof HostTensor.Floats
                      ? tf.placeholder(TFloat32.class, Placeholder.shape(shape))
                      : tf.placeholder(TInt64.class, Placeholder.shape(shape)));
            });
    return inputs;
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The input {@code name}, as float32; integers are converted. */
  public Operand<TFloat32> floats(Ops tf, String name) {
    Operand<? extends TType> operand = require(name);
    @SuppressWarnings("unchecked")
    Operand<TFloat32> floats =
        operand.type() == TFloat32.class
            ? (Operand<TFloat32>) operand
            : tf.dtypes.cast(operand, TFloat32.class);
    return floats;
  }

  /**
   * An image {@code [batch, channels, height, width]}, turned to {@code [batch, h, w, channels]}.
   */
  public Operand<TFloat32> image(Ops tf, String name) {
    Operand<TFloat32> image = floats(tf, name);
    if (image.shape().numDimensions() != 4) {
      throw new IllegalArgumentException(
          "input " + name + " must be [batch, channels, height, width], got " + image.shape());
    }
    return Layers.toChannelsLast(tf, image);
  }

  /** {@link #image(Ops, String)}, which must have so many channels. */
  public Operand<TFloat32> image(Ops tf, String name, int channels) {
    Operand<TFloat32> image = image(tf, name);
    requireWidth(name, "channels", Layers.channels(image), channels);
    return image;
  }

  /** {@link #floats(Ops, String)}, whose last dimension must be {@code width}. */
  public Operand<TFloat32> vectors(Ops tf, String name, int width) {
    Operand<TFloat32> vectors = floats(tf, name);
    if (vectors.shape().numDimensions() < 2) {
      throw new IllegalArgumentException(
          "input " + name + " must be [batch, ..., " + width + "], got " + vectors.shape());
    }
    requireWidth(name, "values in its last dimension", Layers.channels(vectors), width);
    return vectors;
  }

  private static void requireWidth(String name, String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "input %s has %d %s, this network takes %d".formatted(name, found, what, expected));
    }
  }

  /** The input {@code name}, as int64; floats are truncated. */
  public Operand<TInt64> longs(Ops tf, String name) {
    Operand<? extends TType> operand = require(name);
    @SuppressWarnings("unchecked")
    Operand<TInt64> longs =
        operand.type() == TInt64.class
            ? (Operand<TInt64>) operand
            : tf.dtypes.cast(operand, TInt64.class);
    return longs;
  }

  public Map<String, Operand<? extends TType>> all() {
    return byName;
  }

  private Operand<? extends TType> require(String name) {
    Operand<? extends TType> operand = byName.get(name);
    if (operand == null) {
      throw new IllegalArgumentException(
          "this network needs the input " + name + "; given: " + byName.keySet());
    }
    return operand;
  }
}
