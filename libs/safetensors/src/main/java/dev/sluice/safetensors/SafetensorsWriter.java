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

/** Writes safetensors files. Equal tensors and metadata give equal bytes. */
public final class SafetensorsWriter {

  private static final int BUFFER = 1 << 18;
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

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
    List<Map.Entry<String, NamedTensor>> ordered = ordered(file, tensors);
    Path folder = file.toAbsolutePath().getParent();
    Path unfinished = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(folder);
      try {
        try (FileChannel channel =
            FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          writeFully(channel, header(ordered, metadata));
          for (Map.Entry<String, NamedTensor> tensor : ordered) {
            writeValues(channel, tensor.getValue());
          }
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

  private static List<Map.Entry<String, NamedTensor>> ordered(
      Path file, Map<String, NamedTensor> tensors) {
    tensors.forEach((name, tensor) -> check(file, name, tensor));
    List<Map.Entry<String, NamedTensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparing(
                (Map.Entry<String, NamedTensor> entry) -> -entry.getValue().dtype().byteSize())
            .thenComparing(Map.Entry::getKey));
    return ordered;
  }

  private static void check(Path file, String name, NamedTensor tensor) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw SafetensorsException.of(file, "a tensor cannot be named " + name);
    }
    if (!tensor.dtype().isFloat()) {
      throw SafetensorsException.of(
          file,
          "tensor %s: expected F64, F32, F16 or BF16, found %s".formatted(name, tensor.dtype()));
    }
    long elements = 1;
    for (long dimension : tensor.shape()) {
      elements *= dimension;
    }
    if (elements != tensor.values().length) {
      throw SafetensorsException.of(
          file,
          "tensor %s: shape %s needs %d values, found %d"
              .formatted(name, Arrays.toString(tensor.shape()), elements, tensor.values().length));
    }
  }

  private static ByteBuffer header(
      List<Map.Entry<String, NamedTensor>> tensors, Map<String, String> metadata)
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
      JsonGenerator json,
      List<Map.Entry<String, NamedTensor>> tensors,
      Map<String, String> metadata)
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
    for (Map.Entry<String, NamedTensor> entry : tensors) {
      NamedTensor tensor = entry.getValue();
      long end = begin + (long) tensor.values().length * tensor.dtype().byteSize();
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

  private static void writeValues(FileChannel channel, NamedTensor tensor) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : tensor.values()) {
      switch (tensor.dtype()) {
        case F64 -> buffer.putDouble(value);
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(HalfPrecision.toF16(value));
        case BF16 -> buffer.putShort(HalfPrecision.toBf16(value));
        default -> throw new IllegalArgumentException(tensor.dtype() + " cannot be written");
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
