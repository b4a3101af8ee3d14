package dev.sluice.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A copy of a given pack, to be damaged. */
record PackCopy(Path folder) {

  static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  /** Copies the pack {@code name} into {@code parent}. */
  static PackCopy of(String name, Path parent) throws IOException {
    Path source = GOLDENS.resolve(name);
    Path copy = parent.resolve(name);
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(source.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return new PackCopy(copy);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Changes a text file; it must change. */
  void edit(String file, UnaryOperator<String> change) throws IOException {
    String text = Files.readString(file(file));
    String changed = change.apply(text);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file(file), changed);
  }

  /** Changes one value of a recorded float32 tensor. */
  void change(String file, String tensor, int index, UnaryOperator<Float> change)
      throws IOException {
    ByteBuffer bytes = bytes(file);
    try (SafetensorsFile recorded = SafetensorsFile.open(file(file))) {
      assertThat(recorded.info(tensor).dtype()).isEqualTo(DType.F32);
      long data = Long.BYTES + bytes.getLong(0);
      int at = (int) (data + recorded.info(tensor).begin()) + index * Float.BYTES;
      bytes.putFloat(at, change.apply(bytes.getFloat(at)));
    }
    Files.write(file(file), bytes.array());
  }

  /** Gives a recorded tensor another name, so that it is missed. */
  void remove(String file, String tensor) throws IOException {
    ByteBuffer bytes = bytes(file);
    int headerLength = (int) bytes.getLong(0);
    String header = new String(bytes.array(), Long.BYTES, headerLength, StandardCharsets.UTF_8);
    String renamed = header.replace('"' + tensor + '"', '"' + "x".repeat(tensor.length()) + '"');
    assertThat(renamed).isNotEqualTo(header);
    bytes.put(Long.BYTES, renamed.getBytes(StandardCharsets.UTF_8));
    Files.write(file(file), bytes.array());
  }

  private ByteBuffer bytes(String file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file(file))).order(ByteOrder.LITTLE_ENDIAN);
  }
}
