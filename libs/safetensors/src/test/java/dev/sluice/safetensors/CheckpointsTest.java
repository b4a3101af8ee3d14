package dev.sluice.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {

  @TempDir Path folder;

  private void writeWeights(String name, float value) {
    SafetensorsWriter.write(
        folder.resolve(name),
        Map.of("w", new NamedTensor(DType.F32, new long[] {1}, new float[] {value})),
        Map.of());
  }

  private static float read(TensorSource source) {
    try (source) {
      return source.floats("w")[0];
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diffusion_pytorch_model.safetensors",
        "model.safetensors",
        "diffusion_pytorch_model.fp16.safetensors",
        "model.fp16.safetensors",
        "model.bf16.safetensors",
        "diffusion_pytorch_model.ema.safetensors",
        "diffusion_pytorch_model.non_ema.safetensors",
        "diffusion_pytorch_model.my-own_variant.safetensors",
        "MODEL.FP16.SAFETENSORS"
      })
  void open_findsTheOnlyWeightsOfAFolder(String name) {
    writeWeights(name, 3);
    assertThat(read(Checkpoints.open(folder))).isEqualTo(3);
  }

  @Test
  void open_prefersThePlainFileUnlessAVariantIsAskedFor() {
    writeWeights("model.safetensors", 1);
    writeWeights("model.fp16.safetensors", 2);
    assertThat(read(Checkpoints.open(folder))).isEqualTo(1);
    assertThat(read(Checkpoints.open(folder, "fp16"))).isEqualTo(2);
    assertThat(read(Checkpoints.open(folder, "ema"))).isEqualTo(1);
  }

  @Test
  void open_choosesAmongVariantsByTheirOrder() throws IOException {
    List<String> variants = List.of("", ".fp32", ".fp16", ".bf16", ".ema", ".a", ".b", ".non_ema");
    for (int i = 0; i < variants.size(); i++) {
      writeWeights("model" + variants.get(i) + ".safetensors", i);
    }
    for (int i = 0; i < variants.size(); i++) {
      assertThat(read(Checkpoints.open(folder))).isEqualTo(i);
      Files.delete(folder.resolve("model" + variants.get(i) + ".safetensors"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model.safetensors.index.fp16.json, model-0000%d-of-00002.fp16.safetensors",
    "model.safetensors.fp16.index.json, model-0000%d-of-00002.fp16.safetensors",
    "model.fp16.safetensors.index.json, model.fp16-0000%d-of-00002.safetensors",
    "diffusion_pytorch_model.safetensors.index.bf16.json, part.bf16-0000%d-of-00002.safetensors"
  })
  void open_followsEverySpellingOfAVariantsIndex(String index, String shard) throws IOException {
    writeWeights(shard.formatted(1), 5);
    SafetensorsWriter.write(
        folder.resolve(shard.formatted(2)),
        Map.of("v", new NamedTensor(DType.F32, new long[] {1}, new float[] {6})),
        Map.of());
    Files.writeString(
        folder.resolve(index),
        "{\"weight_map\": {\"w\": \"%s\", \"v\": \"%s\"}}"
            .formatted(shard.formatted(1), shard.formatted(2)));

    try (TensorSource source = Checkpoints.open(folder)) {
      assertThat(source.floats("w")).containsExactly(5);
      assertThat(source.floats("v")).containsExactly(6);
    }
  }

  @Test
  void open_saysThatShardsNeedTheirIndex() {
    writeWeights("model.fp16-00001-of-00002.safetensors", 5);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining("fetch the .safetensors.index.json too");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|It is empty",
        "version https://git-lfs.github.com/spec/v1|Git LFS pointer",
        "<!DOCTYPE html><title>404</title>|web page",
        "' <HTML><body>'|web page"
      })
  void open_tellsWhatLiesThereInPlaceOfWeights(String content, String told) throws IOException {
    Files.writeString(folder.resolve("model.safetensors"), content);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining("model.safetensors")
        .withMessageContaining(told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.index.fp16.json",
        "model.fp16.safetensors.index.json"
      })
  void open_followsAnIndexToItsShards(String name) throws IOException {
    writeWeights("part-00001-of-00002.safetensors", 5);
    SafetensorsWriter.write(
        folder.resolve("part-00002-of-00002.safetensors"),
        Map.of("v", new NamedTensor(DType.F16, new long[] {2, 1}, new float[] {6, 7})),
        Map.of());
    Files.writeString(
        folder.resolve(name),
        """
        {"metadata": {"total_size": 8}, "weight_map": {
          "w": "part-00001-of-00002.safetensors", "v": "part-00002-of-00002.safetensors"}}
        """);
    try (TensorSource source = Checkpoints.open(folder)) {
      assertThat(source.names()).containsExactly("w", "v");
      assertThat(source.floats("v")).containsExactly(6, 7);
      assertThat(source.origin("v")).endsWith("part-00002-of-00002.safetensors");
      assertThat(source.metadata()).containsEntry("total_size", "8");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "/etc/passwd",
        "sub/part.safetensors",
        "..\\\\outside.safetensors",
        "..",
        "part.bin",
        ""
      })
  void open_refusesAShardOutsideTheFolder(String shard) throws IOException {
    writeWeights("model.safetensors", 1);
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {\"w\": \"" + shard + "\"}}");
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> ShardedTensors.open(index))
        .withMessageContaining("index.json")
        .withMessageContaining("the index's own folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"weight_map\": {\"w\": 3}}",
        "{\"weight_map\": {\"w\": \"a.safetensors\", \"w\": \"a.safetensors\"}}",
        "{\"weight_map\": {\"w\": \"absent.safetensors\"}}",
        "{\"weight_map\": {\"missing\": \"model.safetensors\"}}",
        "{\"weight_map\""
      })
  void open_refusesABadIndex(String json) throws IOException {
    writeWeights("model.safetensors", 1);
    Path index = folder.resolve("x.safetensors.index.json");
    Files.writeString(index, json);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> ShardedTensors.open(index))
        .withMessageContaining(folder.getFileName().toString());
  }

  @Test
  void open_ofAFolderWithOnlyAPickleSaysWhatToDo() throws IOException {
    Files.writeString(folder.resolve("diffusion_pytorch_model.bin"), "never read");
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining("diffusion_pytorch_model.bin")
        .withMessageContaining("Download the .safetensors file");
  }

  @Test
  void open_ofAnEmptyFolderSaysWhatIsExpected() {
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining(folder.getFileName().toString())
        .withMessageContaining("model.safetensors");
  }

  @Test
  void open_refusesAVariantThatWouldLeaveTheFolder() {
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder, "../x"))
        .withMessageContaining("../x");
  }

  @ParameterizedTest
  @CsvSource({
    "my_unet.safetensors, found: my_unet.safetensors",
    "model-Q4_K.gguf, found: model-Q4_K.gguf",
    "diffusion_pytorch_model.safetensors.part, found: diffusion_pytorch_model.safetensors.part",
    "openvino_model.bin, found: openvino_model.bin",
    "diffusion_flax_model.msgpack, found: diffusion_flax_model.msgpack"
  })
  void open_saysWhatLiesThereInstead(String name, String told) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve(".hidden"), "");
    Files.writeString(folder.resolve(name), "x");

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageEndingWith("; " + told);
  }

  @Test
  void open_saysThatALinkIsBroken() throws IOException {
    Files.createSymbolicLink(folder.resolve("model.safetensors"), folder.resolve("../blobs/gone"));

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageEndingWith("found: model.safetensors, a link that leads nowhere");
  }

  @Test
  void open_knowsARenamedGguf() throws IOException {
    Files.writeString(folder.resolve("model.safetensors"), "GGUF" + "\0".repeat(100));

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining("GGUF file");
  }

  @Test
  void open_saysWhereAnIndexIsNoJson() throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{\n \"weight_map\": {,}\n}");

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Checkpoints.open(folder))
        .withMessageContaining("not valid JSON at line 2, column")
        .withMessageNotContaining("Feature");
  }
}
