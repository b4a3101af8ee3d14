package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs in the files of different trainers, added to a recorded model. */
class LoraModelsTest {

  private static final String MODEL = "sd";
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String CONVOLUTION = "conv_in";
  private static final String TEXT = "text_model.encoder.layers.0.self_attn.q_proj";
  private static final int RANK = 2;

  @TempDir Path models;

  private ModelCatalog catalog;

  @BeforeEach
  void install() throws IOException {
    ModelCopy.of("pipe-sd", models.resolve(MODEL));
    Files.createDirectories(models.resolve("loras"));
    catalog = new ModelCatalog(models);
  }

  private static NamedTensor tensor(DType type, int seed, long... shape) {
    int size = 1;
    for (long extent : shape) {
      size *= (int) extent;
    }
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(-8, 9) / 16f;
    }
    return new NamedTensor(type, shape, values);
  }

  private void write(String file, Map<String, NamedTensor> tensors, Map<String, String> header)
      throws IOException {
    Path target = models.resolve("loras").resolve(file);
    Files.createDirectories(target.getParent());
    SafetensorsWriter.write(target, tensors, header);
  }

  /** The same products in the names of each trainer; alpha is half of the rank where it is said. */
  private Map<String, NamedTensor> products(String trainer) {
    String[] names =
        switch (trainer) {
          case "diffusers" ->
              new String[] {"unet." + QUERY, "unet." + CONVOLUTION, "text_encoder." + TEXT};
          case "old-diffusers" ->
              new String[] {
                "unet." + QUERY.replace(".to_q", ".processor.to_q_lora"),
                "unet." + CONVOLUTION + ".lora",
                "text_encoder." + TEXT + ".lora_linear_layer"
              };
          case "kohya" ->
              new String[] {
                "lora_unet_" + QUERY.replace('.', '_'),
                "lora_unet_" + CONVOLUTION,
                "lora_te_" + TEXT.replace('.', '_')
              };
          default -> throw new IllegalArgumentException(trainer);
        };
    String down =
        switch (trainer) {
          case "diffusers" -> ".lora_A.weight";
          case "kohya" -> ".lora_down.weight";
          default -> ".down.weight";
        };
    String up = down.replace("lora_A", "lora_B").replace("down", "up");
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    tensors.put(names[0] + down, tensor(DType.F16, 1, RANK, 8));
    tensors.put(names[0] + up, tensor(DType.F16, 2, 8, RANK));
    tensors.put(names[1] + down, tensor(DType.F16, 3, RANK, 4, 3, 3));
    tensors.put(names[1] + up, tensor(DType.F16, 4, 8, RANK, 1, 1));
    long width = textWidth();
    tensors.put(names[2] + down, tensor(DType.F16, 5, RANK, width));
    tensors.put(names[2] + up, tensor(DType.F16, 6, width, RANK));
    if (trainer.equals("kohya")) {
      for (String name : names) {
        tensors.put(name + ".alpha", new NamedTensor(DType.F32, new long[0], new float[] {1}));
      }
    }
    return tensors;
  }

  private long textWidth() {
    try (TensorSource text = catalog.open(MODEL).weights("text_encoder")) {
      return text.info(TEXT + ".weight").shape()[0];
    }
  }

  /** {@code W + scale up down}, in double precision. */
  private float[] expected(String component, String layer, int seed, double scale) {
    try (TensorSource base = catalog.open(MODEL).weights(component)) {
      float[] values = base.floats(layer + ".weight");
      int rows = (int) base.info(layer + ".weight").shape()[0];
      int columns = values.length / rows;
      float[] down = tensor(DType.F16, seed, RANK, columns).values();
      float[] up = tensor(DType.F16, seed + 1, rows, RANK).values();
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          double sum = values[row * columns + column];
          for (int r = 0; r < RANK; r++) {
            sum += scale * up[row * RANK + r] * down[r * columns + column];
          }
          values[row * columns + column] = (float) sum;
        }
      }
      return values;
    }
  }

  private static float[] values(ModelFolder model, String component, String layer) {
    try (TensorSource weights = model.weights(component)) {
      return weights.floats(layer + ".weight");
    }
  }

  @ParameterizedTest
  @CsvSource({"diffusers, 1", "old-diffusers, 1", "kohya, 0.5"})
  void productsOfAllTrainersAreAdded(String trainer, double scale) throws IOException {
    write("style.safetensors", products(trainer), Map.of());

    ModelFolder model = catalog.open("sd+style:0.8");

    assertThat(model.name()).isEqualTo("sd+style:0.8");
    assertThat(values(model, "unet", QUERY))
        .containsExactly(expected("unet", QUERY, 1, 0.8 * scale), within(1e-6f));
    assertThat(values(model, "unet", CONVOLUTION))
        .containsExactly(expected("unet", CONVOLUTION, 3, 0.8 * scale), within(1e-6f));
    assertThat(values(model, "text_encoder", TEXT))
        .containsExactly(expected("text_encoder", TEXT, 5, 0.8 * scale), within(1e-6f));
    assertThat(values(model, "unet", "conv_out"))
        .isEqualTo(values(catalog.open(MODEL), "unet", "conv_out"));
  }

  @Test
  void theHeaderOfPeftSaysTheScale() throws IOException {
    write(
        "style.safetensors",
        products("diffusers"),
        Map.of(
            "lora_adapter_metadata",
            "{\"unet.r\": 2, \"unet.lora_alpha\": 6, \"unet.use_rslora\": false}"));

    assertThat(values(catalog.open("sd+style"), "unet", QUERY))
        .containsExactly(expected("unet", QUERY, 1, 3), within(1e-6f));
  }

  @Test
  void severalAreAddedUp_andEachRequestHasItsOwn() throws IOException {
    write("a.safetensors", products("diffusers"), Map.of());
    write("b/pytorch_lora_weights.safetensors", products("kohya"), Map.of());

    assertThat(catalog.loras()).containsExactly("a", "b");
    assertThat(values(catalog.open("sd+a+b:-2"), "unet", QUERY))
        .containsExactly(expected("unet", QUERY, 1, 1 - 2 * 0.5), within(1e-6f));
    assertThat(values(catalog.open("sd+a:0"), "unet", QUERY))
        .isEqualTo(values(catalog.open(MODEL), "unet", QUERY));
  }

  @Test
  void theOnesThatCannotBeAdded_areNamedWithTheReason() throws IOException {
    write("good.safetensors", products("diffusers"), Map.of());
    Path loras = models.resolve("loras");
    Files.writeString(loras.resolve("page.safetensors"), "<!doctype html><html></html>");
    Files.writeString(loras.resolve("old.pt"), "PK");
    Files.writeString(loras.resolve("my style.safetensors"), "");
    Files.writeString(loras.resolve("README.md"), "what these are");
    Files.createDirectories(loras.resolve("empty"));

    assertThat(catalog.loras()).containsExactly("good");
    assertThat(catalog.unusableLoras().keySet())
        .containsExactly("empty", "my style", "old.pt", "page");
    assertThat(catalog.unusableLoras().get("page")).contains("web page");
    assertThat(catalog.unusableLoras().get("old.pt")).contains("NAME.safetensors");
    assertThat(catalog.unusableLoras().get("my style")).contains("of this name");

    write("page.safetensors", products("diffusers"), Map.of());
    assertThat(catalog.loras()).as("looked at again").containsExactly("good", "page");
  }

  /** Weights are read in pieces, by several threads, in the file's type. */
  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void piecesAreThoseOfTheWhole(String type) throws IOException {
    Path file = models.resolve(MODEL).resolve("unet/diffusion_pytorch_model.safetensors");
    rewrite(file, DType.valueOf(type));
    write("style.safetensors", products("diffusers"), Map.of());
    try (TensorSource weights = catalog.open("sd+style").weights("unet")) {
      TensorInfo info = weights.info(CONVOLUTION + ".weight");
      int width = info.dtype().byteSize();
      ByteBuffer whole = ByteBuffer.allocate((int) info.byteLength());
      weights.copyBytes(info.name(), 0, whole);
      ByteBuffer pieces = ByteBuffer.allocate(whole.capacity());
      for (int begin = 0; begin < info.elements(); begin += 7) {
        int count = (int) Math.min(7, info.elements() - begin);
        pieces.limit((begin + count) * width);
        weights.copyBytes(info.name(), (long) begin * width, pieces);
      }

      assertThat(pieces.array()).isEqualTo(whole.array());
      float[] read = new float[(int) info.elements()];
      info.dtype()
          .toFloats(whole.flip().order(java.nio.ByteOrder.LITTLE_ENDIAN), FloatBuffer.wrap(read));
      assertThat(read)
          .containsExactly(
              expected("unet", CONVOLUTION, 3, 1), within(type.equals("F32") ? 1e-6f : 2e-2f));
    }
  }

  private static void rewrite(Path file, DType type) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = dev.sluice.safetensors.SafetensorsFile.open(file)) {
      for (String name : source.names()) {
        tensors.put(name, new NamedTensor(type, source.info(name).shape(), source.floats(name)));
      }
    }
    SafetensorsWriter.write(file, tensors, Map.of());
  }

  @Test
  void stampAndDigestsTellWhatIsAdded() throws IOException {
    write("style.safetensors", products("diffusers"), Map.of());
    ModelFolder plain = catalog.open(MODEL);
    ModelFolder adapted = catalog.open("sd+style");
    ModelDigests digests = new ModelDigests();

    assertThat(adapted.stamp())
        .isNotEqualTo(plain.stamp())
        .isNotEqualTo(catalog.open("sd+style:0.5").stamp());
    assertThat(digests.of(adapted))
        .containsAllEntriesOf(digests.of(plain))
        .containsKey("loras/style");

    String before = digests.of(adapted).get("loras/style");
    String stampBefore = adapted.stamp();
    write("style.safetensors", products("kohya"), Map.of());

    assertThat(catalog.open("sd+style").stamp()).isNotEqualTo(stampBefore);
    assertThat(digests.of(catalog.open("sd+style")).get("loras/style")).isNotEqualTo(before);
  }

  @Test
  void theFolderOfLorasIsNoModel() throws IOException {
    write("style.safetensors", products("diffusers"), Map.of());

    assertThat(catalog.names()).containsExactly(MODEL);
    assertThat(catalog.inspect()).extracting(ModelInspection::name).containsExactly(MODEL);
  }

  @Test
  void whatDoesNotFitIsSaidInASentence() throws IOException {
    write("style.safetensors", products("diffusers"), Map.of());
    Map<String, NamedTensor> strange = products("kohya");
    strange.put("lora_unet_input_blocks_1_1_proj_in.lora_down.weight", tensor(DType.F16, 1, 2, 8));
    strange.put("lora_unet_input_blocks_1_1_proj_in.lora_up.weight", tensor(DType.F16, 1, 8, 2));
    write("strange.safetensors", strange, Map.of());
    Map<String, NamedTensor> large = products("diffusers");
    large.put("unet." + QUERY + ".lora_A.weight", tensor(DType.F16, 1, RANK, 320));
    write("large.safetensors", large, Map.of());
    write("loha.safetensors", Map.of("x.hada_w1_a", tensor(DType.F16, 1, 2, 2)), Map.of());
    Map<String, NamedTensor> half = products("diffusers");
    half.remove("unet." + QUERY + ".lora_B.weight");
    write("half.safetensors", half, Map.of());
    Files.writeString(models.resolve("loras/pointer.safetensors"), "version https://git-lfs");

    assertUnusable(
        "sd+strange", "no layer like lora_unet_input_blocks_1_1_proj_in (1 of 4 layers)");
    assertUnusable("sd+large", "adds 8 x 320 values to " + QUERY + ".weight");
    assertUnusable("sd+loha", "tensor x.hada_w1_a is no part of a low-rank product");
    assertUnusable("sd+half", "one matrix of its two");
    assertUnusable("sd+pointer", "LoRA pointer: ");
    assertThatThrownBy(() -> catalog.open("sd+missing"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessage("there is no LoRA \"missing\"; there are: large, strange, style");
    assertThatThrownBy(() -> catalog.open("sd+style:9"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("expected -4 to 4");
    assertThatThrownBy(() -> catalog.open("none+style"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("there is no model \"none\"");
    assertThat(catalog.open("sd+style").name()).isEqualTo("sd+style");
  }

  private void assertUnusable(String name, String sentence) {
    assertThatThrownBy(() -> catalog.open(name))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("Model " + name + " cannot be served: LoRA ")
        .hasMessageContaining(sentence)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(models.toString()));
  }

  @Test
  void whatIsSaidOfASum_namesTheLoraToo() throws IOException {
    write("style.safetensors", products("diffusers"), Map.of());

    try (TensorSource weights = catalog.open(MODEL + "+style").weights("unet")) {
      assertThat(weights.origin(QUERY + ".weight"))
          .contains("unet", "style.safetensors")
          .doesNotContain(models.toString());
      assertThat(weights.origin("conv_out.weight")).doesNotContain("style");
    }
  }
}
