package dev.sluice.pipeline.loop;

import dev.sluice.diffusion.sampling.RunState;
import dev.sluice.networks.tensor.HostTensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link DenoiseLoop} between two steps, so that another process can go on with it and make the
 * same picture.
 *
 * @param sample the current sample
 * @param run the step and what a multistep solver remembers; has the sample's shape
 * @param generator the state of the image's random generator
 * @param features that steps reuse, one tensor for each row; empty if none do
 */
public record LoopState(
    float[] sample, RunState run, byte[] generator, List<HostTensor.Floats> features) {

  /** "SLD2": a denoising state, version 2. */
  private static final int MAGIC = 0x534c4432;

  private static final int MOST_DIMENSIONS = 8;
  private static final int MOST_TENSORS = 64;

  /** Big-endian and self-contained, for a message or a checkpoint file. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      writeShape(out, run.shape());
      out.writeInt(run.begin());
      out.writeInt(run.index());
      write(out, sample);
      out.writeInt(generator.length);
      out.write(generator);
      out.writeInt(run.tensors().size());
      for (Map.Entry<String, float[]> tensor : new TreeMap<>(run.tensors()).entrySet()) {
        out.writeUTF(tensor.getKey());
        write(out, tensor.getValue());
      }
      out.writeInt(features.size());
      for (HostTensor.Floats tensor : features) {
        writeShape(out, tensor.shape());
        write(out, tensor.values());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused a write", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The inverse of {@link #toBytes()}.
   *
   * @throws IllegalArgumentException if these are not the bytes of a state
   */
  public static LoopState fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IllegalArgumentException("not a denoising state: it must begin with SLD2");
      }
      int[] shape = readShape(in);
      int begin = in.readInt();
      int index = in.readInt();
      float[] sample = readFloats(in);
      byte[] generator = in.readNBytes(bounded(in.readInt(), in.available(), "generator bytes"));
      int count = bounded(in.readInt(), MOST_TENSORS, "tensors");
      Map<String, float[]> tensors = new HashMap<>();
      for (int i = 0; i < count; i++) {
        tensors.put(in.readUTF(), readFloats(in));
      }
      List<HostTensor.Floats> features = new ArrayList<>();
      int rows = bounded(in.readInt(), MOST_TENSORS, "rows of features");
      for (int i = 0; i < rows; i++) {
        int[] extents = readShape(in);
        features.add(new HostTensor.Floats(readFloats(in), extents));
      }
      if (in.available() > 0) {
        throw new IllegalArgumentException(
            "a denoising state is followed by " + in.available() + " bytes that are none of it");
      }
      return new LoopState(sample, new RunState(shape, begin, index, tensors), generator, features);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "a denoising state of " + bytes.length + " bytes is cut short", e);
    }
  }

  private static void writeShape(DataOutputStream out, int[] shape) throws IOException {
    out.writeInt(shape.length);
    for (int extent : shape) {
      out.writeInt(extent);
    }
  }

  private static int[] readShape(DataInputStream in) throws IOException {
    int[] shape = new int[bounded(in.readInt(), MOST_DIMENSIONS, "dimensions")];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.readInt();
    }
    return shape;
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  private static float[] readFloats(DataInputStream in) throws IOException {
    float[] values = new float[bounded(in.readInt(), in.available() / Float.BYTES, "floats")];
    ByteBuffer.wrap(in.readNBytes(values.length * Float.BYTES)).asFloatBuffer().get(values);
    return values;
  }

  /** Refuses a length before memory is taken for it. */
  private static int bounded(int found, int most, String what) {
    if (found < 0 || found > most) {
      throw new IllegalArgumentException(
          "a denoising state claims %d %s; expected 0 to %d".formatted(found, what, most));
    }
    return found;
  }
}
