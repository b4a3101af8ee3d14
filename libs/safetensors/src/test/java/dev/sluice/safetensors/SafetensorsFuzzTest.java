package dev.sluice.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;

/** Whatever the bytes are: a tensor is read whole, or a SafetensorsException says why not. */
class SafetensorsFuzzTest {

  private final Path file = newFile();

  private static Path newFile() {
    try {
      return Files.createTempFile("fuzz", ".safetensors");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterProperty
  void deleteTheFile() throws IOException {
    Files.deleteIfExists(file);
  }

  @Property(tries = 400)
  void open_survivesArbitraryBytes(@ForAll byte[] bytes) {
    readEverything(bytes);
  }

  @Property(tries = 600)
  void open_survivesAHeaderOfArbitraryTokens(@ForAll("headers") String header) {
    readEverything(RawFile.bytes(header, 64));
  }

  @Property(tries = 600)
  void open_survivesFlippedBytes(@ForAll("flips") List<int[]> flips) throws IOException {
    SafetensorsWriter.write(
        file,
        Map.of(
            "conv.weight", new NamedTensor(DType.F32, new long[] {2, 3}, new float[6]),
            "conv.bias", new NamedTensor(DType.BF16, new long[] {2}, new float[2])),
        Map.of("format", "pt"));
    byte[] bytes = Files.readAllBytes(file);
    for (int[] flip : flips) {
      bytes[flip[0] % bytes.length] = (byte) flip[1];
    }
    readEverything(bytes);
  }

  @Property(tries = 300)
  void write_thenReadIsTheIdentityOnFloats(@ForAll float[] values) throws IOException {
    SafetensorsWriter.write(
        file,
        Map.of("w", new NamedTensor(DType.F32, new long[] {values.length}, values)),
        Map.of());
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.floats("w")).isEqualTo(values);
    }
  }

  @Provide
  Arbitrary<String> headers() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"b\"",
            "\"dtype\"",
            "\"shape\"",
            "\"data_offsets\"",
            "\"F32\"",
            "\"U8\"",
            "0",
            "4",
            "64",
            "-1",
            "1e400",
            "null",
            "true",
            "9223372036854775807",
            "\"__metadata__\"",
            " ",
            "\\u0000",
            RawFile.entry("a", "F32", "[16]", 0, 64),
            RawFile.entry("b", "U8", "[64]", 0, 64))
        .list()
        .ofMaxSize(24)
        .map(tokens -> "{" + String.join("", tokens) + "}");
  }

  @Provide
  Arbitrary<List<int[]>> flips() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 10_000), Arbitraries.integers().between(0, 255))
        .as((position, value) -> new int[] {position, value})
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  private void readEverything(byte[] bytes) {
    RawFile.write(file, bytes);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      long headerLength = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long total = 0;
      for (String name : opened.names()) {
        assertThat(opened.floats(name)).hasSize((int) opened.info(name).elements());
        total += opened.info(name).byteLength();
      }
      assertThat(total).isEqualTo(bytes.length - 8 - headerLength);
    } catch (SafetensorsException e) {
      assertThat(e).hasMessageContaining(FileLabel.of(file));
    }
  }
}
