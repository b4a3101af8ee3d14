package dev.sluice.safetensors;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** Writes safetensors files. Equal tensors and metadata give equal bytes. */
public final class SafetensorsWriter {

  private static final int BUFFER = 1 << 18;
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /** How tensors' values get into the file. */
  @FunctionalInterface
  private interface Body {
    void write(FileChannel channel, List<Map.Entry<String, TensorSpec>> tensors) throws IOException;
  }

  /**
   * Writes a file, or replaces it as a whole: a reader sees the old file or the new one, never a
   * part. Tensors are ordered by element size, then by name, which keeps each aligned to its
   * element size; the data begins at a multiple of 8 bytes.
   *
   * @param metadata free-form texts for the header, such as {@code format=pt}; may be empty
   * @throws SafetensorsException if a tensor's shape and number of values differ, if its dtype is
   *     not a floating-point type, or if the file cannot be written
   */
  public static void write(
      Path file, Map<String, NamedTensor> tensors, Map<String, String> metadata) {
    Map<String, TensorSpec> specs = new TreeMap<>();
    tensors.forEach((name, tensor) -> specs.put(name, tensor.spec()));
    tensors.forEach((name, tensor) -> checkCount(file, name, tensor.spec(), tensor.values()));
    write(file, specs, metadata, name -> tensors.get(name).values());
  }

  /**
   * As {@link #write(Path, Map, Map)}, for tensors that do not fit into memory together: the values
   * of each are asked for when it is its turn, in the file's order.
   *
   * @param values gives a tensor's elements by its name, in row-major order
   */
  public static void write(
      Path file,
      Map<String, TensorSpec> tensors,
      Map<String, String> metadata,
      Function<String, float[]> values) {
    write(
        file,
        tensors,
        metadata,
        (channel, ordered) -> {
          for (Map.Entry<String, TensorSpec> tensor : ordered) {
            float[] elements = values.apply(tensor.getKey());
            checkCount(file, tensor.getKey(), tensor.getValue(), elements);
            writeValues(channel, tensor.getValue().dtype(), elements);
          }
        });
  }

  /**
   * As {@link #write(Path, Map, Map)} with zeros everywhere, which takes no time and, where the
   * file system knows sparse files, no space.
   */
  public static void writeZeros(
      Path file, Map<String, TensorSpec> tensors, Map<String, String> metadata) {
    write(
        file,
        tensors,
        metadata,
        (channel, ordered) -> {
          long bytes = ordered.stream().mapToLong(tensor -> tensor.getValue().bytes()).sum();
          if (bytes > 0) {
            // What was never written before the last byte reads as zeros.
            channel.write(ByteBuffer.allocate(1), channel.position() + bytes - 1);
          }
        });
  }

  private static void write(
      Path file, Map<String, TensorSpec> tensors, Map<String, String> metadata, Body body) {
    List<Map.Entry<String, TensorSpec>> ordered = ordered(file, tensors);
    Path folder = file.toAbsolutePath().getParent();
    Path unfinished = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(folder);
      try {
        try (FileChannel channel =
            FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          writeFully(channel, header(ordered, metadata));
          body.write(channel, ordered);
          channel.force(true);
        }
        Files.move(
            unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw SafetensorsException.of(file, "could not be written: " + e, e);
    }
  }

  private static List<Map.Entry<String, TensorSpec>> ordered(
      Path file, Map<String, TensorSpec> tensors) {
    tensors.forEach((name, tensor) -> check(file, name, tensor));
    List<Map.Entry<String, TensorSpec>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparing(
                (Map.Entry<String, TensorSpec> entry) -> -entry.getValue().dtype().byteSize())
            .thenComparing(Map.Entry::getKey));
    return ordered;
  }

  private static void check(Path file, String name, TensorSpec tensor) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw SafetensorsException.of(file, "a tensor cannot be named " + name);
    }
    if (!tensor.dtype().isFloat()) {
      throw SafetensorsException.of(
          file,
          "tensor %s: expected F64, F32, F16 or BF16, found %s".formatted(name, tensor.dtype()));
    }
  }

  private static void checkCount(Path file, String name, TensorSpec tensor, float[] values) {
    if (tensor.elements() != values.length) {
      throw SafetensorsException.of(
          file,
          "tensor %s: shape %s needs %d values, found %d"
              .formatted(name, Arrays.toString(tensor.shape()), tensor.elements(), values.length));
    }
  }

  private static ByteBuffer header(
      List<Map.Entry<String, TensorSpec>> tensors, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = StrictJson.writer(text)) {
      writeHeader(json, tensors, metadata);
    }
    int padded = (text.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text.toByteArray());
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void writeHeader(
      JsonGenerator json, List<Map.Entry<String, TensorSpec>> tensors, Map<String, String> metadata)
      throws IOException {
    json.writeStartObject();
    if (!metadata.isEmpty()) {
      json.writeObjectFieldStart(SafetensorsHeader.METADATA);
      for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
    }
    long begin = 0;
    for (Map.Entry<String, TensorSpec> entry : tensors) {
      TensorSpec tensor = entry.getValue();
      long end = begin + tensor.bytes();
      json.writeObjectFieldStart(entry.getKey());
      json.writeStringField("dtype", tensor.dtype().name());
      json.writeFieldName("shape");
      json.writeArray(tensor.shape(), 0, tensor.shape().length);
      json.writeFieldName("data_offsets");
      json.writeArray(new long[] {begin, end}, 0, 2);
      json.writeEndObject();
      begin = end;
    }
    json.writeEndObject();
  }

  private static void writeValues(FileChannel channel, DType dtype, float[] values)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F64 -> buffer.putDouble(value);
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(HalfPrecision.toF16(value));
        case BF16 -> buffer.putShort(HalfPrecision.toBf16(value));
        default -> throw new IllegalArgumentException(dtype + " cannot be written");
      }
      if (!buffer.hasRemaining()) {
        writeFully(channel, buffer.flip());
        buffer.clear();
      }
    }
    writeFully(channel, buffer.flip());
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
