package dev.sluice.safetensors;

import static dev.sluice.safetensors.RawFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("model.safetensors");
  }

  @Test
  void write_thenOpenGivesTheSameTensors() {
    float[] values = {0, -1.5f, 3.25f, 65504, 1e-5f, 7};
    SafetensorsWriter.write(
        file,
        Map.of(
            "half", new NamedTensor(DType.F16, new long[] {6}, values),
            "brain", new NamedTensor(DType.BF16, new long[] {3, 2}, values),
            "single", new NamedTensor(DType.F32, new long[] {2, 3, 1}, values),
            "double", new NamedTensor(DType.F64, new long[] {1, 6}, values),
            "scalar", new NamedTensor(DType.F32, new long[0], new float[] {4}),
            "empty", new NamedTensor(DType.F32, new long[] {0, 5}, new float[0])),
        Map.of("format", "pt"));

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names())
          .containsExactly("double", "empty", "scalar", "single", "brain", "half");
      assertThat(opened.metadata()).containsExactly(Map.entry("format", "pt"));
      assertThat(opened.info("brain").shape()).containsExactly(3, 2);
      assertThat(opened.floats("single")).isEqualTo(values);
      assertThat(opened.floats("double")).isEqualTo(values);
      assertThat(opened.floats("half")).containsExactly(0, -1.5f, 3.25f, 65504, 1.001358e-5f, 7);
      assertThat(opened.floats("brain"))
          .containsExactly(0, -1.5f, 3.25f, 65536, 1.0013580322265625e-5f, 7);
      assertThat(opened.floats("scalar")).containsExactly(4);
      assertThat(opened.info("scalar").elements()).isEqualTo(1);
      assertThat(opened.floats("empty")).isEmpty();
      assertThat(opened.origin("half")).isEqualTo(folder.getFileName() + "/model.safetensors");
    }
  }

  @Test
  void copyBytes_givesAPartOfATensorAsItIsStored() {
    NamedTensor tensor = new NamedTensor(DType.F16, new long[] {2, 2}, new float[] {1, 2, 3, 4});
    NamedTensor other = new NamedTensor(DType.F32, new long[] {1}, new float[] {9});
    SafetensorsWriter.write(file, Map.of("w", tensor, "other", other), Map.of());

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      ByteBuffer part = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
      opened.copyBytes("w", 2, part);
      assertThat(part.getShort(0)).isEqualTo((short) 0x4000);
      assertThat(part.getShort(2)).isEqualTo((short) 0x4200);
      assertThat(part.hasRemaining()).isFalse();

      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.copyBytes("w", 6, ByteBuffer.allocate(4)))
          .withMessageContaining("tensor w F16[2, 2] has 8 bytes");
    }
  }

  @Test
  void messages_nameFileAndFolderButNoPath() throws Exception {
    Files.write(file, new byte[] {1, 2, 3});

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageStartingWith(folder.getFileName() + "/model.safetensors: truncated")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(folder.toString()));
  }

  @Test
  void write_givesTheSameBytesInAnyOrderAndAlignsTheData() throws Exception {
    NamedTensor one = new NamedTensor(DType.F32, new long[] {1}, new float[] {1});
    NamedTensor two = new NamedTensor(DType.F16, new long[] {1}, new float[] {2});
    Path other = folder.resolve("other.safetensors");
    SafetensorsWriter.write(file, new TreeMap<>(Map.of("a", two, "b", one)), Map.of());
    Map<String, NamedTensor> reversed = new LinkedHashMap<>();
    reversed.put("b", one);
    reversed.put("a", two);
    SafetensorsWriter.write(other, reversed, Map.of());

    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).isEqualTo(Files.readAllBytes(other));
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
  }

  @Test
  void write_thatFailsLeavesTheOldFileAndNothingElse() throws Exception {
    NamedTensor good = new NamedTensor(DType.F32, new long[] {2}, new float[] {1, 2});
    SafetensorsWriter.write(file, Map.of("w", good), Map.of());
    byte[] before = Files.readAllBytes(file);
    NamedTensor bad = new NamedTensor(DType.F32, new long[] {3}, new float[] {1, 2});

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsWriter.write(file, Map.of("w", bad), Map.of()))
        .withMessageContaining("tensor w: shape [3] needs 3 values, found 2");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void write_asksForEachTensorWhenItIsItsTurn() throws Exception {
    Path whole = folder.resolve("whole.safetensors");
    float[] half = {1, 2, 3};
    float[] single = {4, 5};
    SafetensorsWriter.write(
        whole,
        Map.of(
            "half", new NamedTensor(DType.F16, new long[] {3}, half),
            "single", new NamedTensor(DType.F32, new long[] {1, 2}, single)),
        Map.of());
    List<String> asked = new ArrayList<>();
    Map<String, TensorSpec> specs =
        Map.of(
            "half", new TensorSpec(DType.F16, new long[] {3}),
            "single", new TensorSpec(DType.F32, new long[] {1, 2}));
    SafetensorsWriter.write(
        file,
        specs,
        Map.of(),
        name -> {
          asked.add(name);
          return name.equals("half") ? half : single;
        });

    assertThat(asked).containsExactly("single", "half");
    assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(whole));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsWriter.write(file, specs, Map.of(), name -> half))
        .withMessageContaining("tensor single: shape [1, 2] needs 2 values, found 3");
  }

  @Test
  void writeZeros_isReadAsZerosOfTheRightShape() throws Exception {
    SafetensorsWriter.writeZeros(
        file,
        Map.of(
            "half", new TensorSpec(DType.F16, new long[] {3, 5}),
            "single", new TensorSpec(DType.F32, new long[] {7})),
        Map.of("format", "pt"));

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.info("half").shape()).containsExactly(3, 5);
      assertThat(opened.floats("half")).hasSize(15).containsOnly(0);
      assertThat(opened.floats("single")).hasSize(7).containsOnly(0);
    }
  }

  @Test
  void longs_readsEveryIntegerType() {
    ByteBuffer data = ByteBuffer.allocate(8 + 4 + 2 + 1 + 1 + 2).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(-5_000_000_000L).putInt(-7).putShort((short) -300).put((byte) -2);
    data.put((byte) 200).put((byte) 1).put((byte) 0);
    String header =
        "{%s,%s,%s,%s,%s,%s}"
            .formatted(
                entry("i64", "I64", "[1]", 0, 8),
                entry("i32", "I32", "[1]", 8, 12),
                entry("i16", "I16", "[1]", 12, 14),
                entry("i8", "I8", "[1]", 14, 15),
                entry("u8", "U8", "[1]", 15, 16),
                entry("bool", "BOOL", "[2]", 16, 18));
    byte[] bytes = RawFile.bytes(header, data.capacity());
    System.arraycopy(data.array(), 0, bytes, bytes.length - data.capacity(), data.capacity());
    RawFile.write(file, bytes);

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.longs("i64")).containsExactly(-5_000_000_000L);
      assertThat(opened.longs("i32")).containsExactly(-7);
      assertThat(opened.longs("i16")).containsExactly(-300);
      assertThat(opened.longs("i8")).containsExactly(-2);
      assertThat(opened.longs("u8")).containsExactly(200);
      assertThat(opened.longs("bool")).containsExactly(1, 0);
      assertThat(opened.floats("u8")).containsExactly(200);
    }
  }

  @Test
  void longs_refusesAFloatTensor() {
    SafetensorsWriter.write(
        file, Map.of("w", new NamedTensor(DType.F32, new long[] {1}, new float[1])), Map.of());
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.longs("w"))
          .withMessageContaining("w F32[1]");
    }
  }

  @Test
  void copyFloats_intoTooSmallABufferSaysBothSizes() {
    SafetensorsWriter.write(
        file, Map.of("w", new NamedTensor(DType.F32, new long[] {9}, new float[9])), Map.of());
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.copyFloats("w", FloatBuffer.allocate(8)))
          .withMessageContaining("9 elements")
          .withMessageContaining("room for 8");
    }
  }

  @Test
  void info_namesTheFileAndTheAbsentTensor() {
    RawFile.write(file, RawFile.bytes("{}", 0));
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.info("conv_in.weight"))
          .withMessageContaining("model.safetensors")
          .withMessageContaining("conv_in.weight");
    }
  }

  @Test
  void open_readsATensorBeyondTwoGigabytes() throws Exception {
    // A sparse file: 2^32 bytes of holes, then three numbers.
    long far = 1L << 32;
    String header =
        "{%s,%s}"
            .formatted(
                entry("zeros", "U8", "[%d]".formatted(far), 0, far),
                entry("w", "F32", "[3]", far, far + 12));
    byte[] start = RawFile.bytes(header, 0);
    ByteBuffer end = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    end.putFloat(1).putFloat(2).putFloat(3).flip();
    try (var channel = Files.newByteChannel(RawFile.write(file, start), StandardOpenOption.WRITE)) {
      channel.position(start.length + far).write(end);
    }
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.floats("w")).containsExactly(1, 2, 3);
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.floats("zeros"))
          .withMessageContaining("4294967296 elements");
    }
  }

  @Test
  void read_afterTheFileWasCutOffFailsCleanly() throws Exception {
    SafetensorsWriter.write(
        file, Map.of("w", new NamedTensor(DType.F32, new long[] {99}, new float[99])), Map.of());
    try (SafetensorsFile opened = SafetensorsFile.open(file);
        var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate(120);
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> opened.floats("w"))
          .withMessageContaining("truncated");
    }
  }

  static Stream<Arguments> badHeaders() {
    return Stream.of(
        Arguments.of("{" + entry("w", "F32", "[4]", 0, 16) + "}", 12, "truncated"),
        Arguments.of("{" + entry("w", "F32", "[4]", 0, 16) + "}", 20, "16 bytes of data"),
        Arguments.of("{" + entry("w", "F32", "[4]", 0, 12) + "}", 12, "needs 16 bytes"),
        Arguments.of("{" + entry("w", "F32", "[4]", 16, 0) + "}", 16, "16, 0"),
        Arguments.of("{" + entry("w", "F32", "[-4]", 0, 16) + "}", 16, "-4"),
        Arguments.of("{" + entry("w", "F99", "[4]", 0, 16) + "}", 16, "F99"),
        Arguments.of("{" + entry("w", "F32", "[1.5]", 0, 16) + "}", 16, "fraction"),
        Arguments.of("{" + entry("w", "F32", "[4294967296,4294967296,4]", 0, 0) + "}", 0, "absurd"),
        Arguments.of("{" + entry("w", "F32", "[99999999999999999999]", 0, 0) + "}", 0, "2^63"),
        Arguments.of("{" + entry("w", "F32", "[" + "1,".repeat(40) + "1]", 0, 4) + "}", 4, "32"),
        Arguments.of(
            "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("b", "U8", "[4]", 2, 6) + "}",
            6,
            "tensor b overlaps with a"),
        Arguments.of(
            "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("b", "U8", "[4]", 6, 10) + "}",
            10,
            "gap after a"),
        Arguments.of(
            "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("a", "U8", "[4]", 4, 8) + "}",
            8,
            "a is in the header twice"),
        Arguments.of("{\"w\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", 0, "duplicate key dtype"),
        Arguments.of("{\"w\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "data_offsets"),
        Arguments.of("{\"w\":{\"dtype\":\"U8\",\"what\":[1]}}", 1, "key what"),
        Arguments.of("{\"w\":7}", 0, "expected an object"),
        Arguments.of("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "duplicate key a"),
        Arguments.of("{\"__metadata__\":{\"a\":1}}", 0, "expected a text"),
        Arguments.of("{} {}", 0, "nothing after"),
        Arguments.of("[1,2]", 0, "expected an object"),
        Arguments.of("{\"w\":", 0, "not the JSON text"),
        Arguments.of("[".repeat(20_000), 0, "expected an object"));
  }

  @ParameterizedTest
  @MethodSource("badHeaders")
  void open_refusesABadHeaderWithTheReason(String header, int dataLength, String reason) {
    RawFile.write(file, RawFile.bytes(header, dataLength));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining(FileLabel.of(file))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 9, 100_000_001, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void open_refusesAHeaderLengthThatCannotBe(long length) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    RawFile.write(file, bytes.array());
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining(Long.toUnsignedString(length));
  }

  @Test
  void open_refusesAFileShorterThanItsPrefix() {
    RawFile.write(file, new byte[5]);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining("5 bytes");
  }

  @Test
  void open_refusesAMillionEntriesBeforeTheyFillTheMemory() {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 1_000_000; i++) {
      header.append(i == 0 ? "" : ",").append(entry("t" + i, "U8", "[0]", 0, 0));
    }
    RawFile.write(file, RawFile.bytes(header.append('}').toString(), 0));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining("more than 100000 tensors");
  }

  @Test
  void open_refusesTextThatIsNotUtf8() {
    byte[] bytes = RawFile.bytes("{\"aa\":1}", 0);
    bytes[10] = (byte) 0xff;
    RawFile.write(file, bytes);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining("not the JSON text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.bin", "model.ckpt", "MODEL.PT", "weights.pth"})
  void open_neverOpensAPickleAndSaysWhatToDo(String name) {
    // The file is not even there: its name is reason enough.
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(folder.resolve(name)))
        .withMessageContaining("never opened")
        .withMessageContaining("save_file");
  }

  static Stream<Arguments> impostors() {
    return Stream.of(
        Arguments.of("PK\u0003\u0004 and the rest of a zip", "renamed pickle"),
        Arguments.of("\u0080\u0002}q\u0000(X\u0001\u0000", "renamed pickle"),
        Arguments.of("version https://git-lfs.github.com/spec/v1", "git lfs pull"),
        Arguments.of("<!DOCTYPE html><html></html>", "web page"));
  }

  @ParameterizedTest
  @MethodSource("impostors")
  void open_recognisesWhatItWasGivenInstead(String content, String hint) {
    RawFile.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining(hint);
  }
}
