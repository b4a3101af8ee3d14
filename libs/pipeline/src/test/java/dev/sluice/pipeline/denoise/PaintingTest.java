package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.MASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Painting into pictures, by the models of the reference data. */
class PaintingTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  private static DenoiseRequest request(
      Map<String, HostTensor> inputs, Sampling sampling, double strength) {
    return new DenoiseRequest(
        List.of(inputs),
        sampling,
        0,
        0,
        new DenoiseRequest.Span(strength, OptionalDouble.empty(), OptionalDouble.empty()));
  }

  /** A picture of smooth colors. */
  private static HostTensor.Floats picture(int side) {
    float[] values = new float[3 * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(0.05 * i);
    }
    return new HostTensor.Floats(values, 1, 3, side, side);
  }

  /** The right half is painted. */
  private static HostTensor.Floats rightHalf(int side) {
    float[] values = new float[side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % side >= side / 2 ? 1 : 0;
    }
    return new HostTensor.Floats(values, 1, 1, side, side);
  }

  /** Checks the left half against {@code expected}, and that the right half is something else. */
  private static void assertLeftHalf(HostTensor.Floats sample, HostTensor.Floats expected) {
    int width = sample.shape()[3];
    int different = 0;
    for (int i = 0; i < sample.values().length; i++) {
      if (i % width < width / 2) {
        assertThat(sample.values()[i]).isEqualTo(expected.values()[i]);
      } else if (sample.values()[i] != expected.values()[i]) {
        different++;
      }
    }
    assertThat(different).isGreaterThan(sample.values().length / 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDPMScheduler",
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerAncestralDiscreteScheduler",
        "EulerDiscreteScheduler",
        "PNDMScheduler"
      })
  void denoise_keepsEveryKnownPixelAsItWas(String sampler) throws InterruptedException {
    Map<String, HostTensor> inputs = Map.of(IMAGE, picture(16), MASK, rightHalf(16));
    Sampling sampling = Sampling.ofSteps(6).by(sampler);
    try (DenoiserEngine engine = engine("pipe-ddpm")) {
      for (double strength : new double[] {1, 0.6}) {
        HostTensor.Floats painted =
            engine.denoise(
                request(inputs, sampling, strength), new TorchGenerator(5), StepListener.NONE);
        assertLeftHalf(painted, picture(16));
      }
    }
  }

  @Test
  void denoise_keepsTheLatentsOfWhatIsKnown() throws InterruptedException {
    ModelFolder model = ModelFolder.open(GOLDENS.resolve("pipe-sd"));
    Map<String, HostTensor> inputs = words();
    inputs.put(IMAGE, picture(64));
    inputs.put(MASK, rightHalf(64));
    HostTensor.Floats latents =
        new LatentEncoder(model, BatchLimit.DEFAULT).encode(picture(64), new TorchGenerator(5));
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats painted =
          engine.denoise(
              request(inputs, Sampling.of(4, 3), 1), new TorchGenerator(5), StepListener.NONE);

      assertLeftHalf(painted, latents);
    }
  }

  @Test
  void denoise_refusesAPictureOfAnotherSizeThanIsMade() {
    try (DenoiserEngine engine = engine("pipe-ddpm")) {
      DenoiseRequest large = request(Map.of(IMAGE, picture(32)), Sampling.ofSteps(3), 0.5);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.denoise(large, new TorchGenerator(5), StepListener.NONE))
          .withMessageContaining("3 channels and 32 x 32 pixels; expected 3 and 16 x 16");
    }
  }

  /**
   * A UNet that sees masks, and whose weights for what it sees besides the sample are zero, makes
   * what the UNet does that it was made from.
   */
  @Test
  void denoise_withAUnetThatSeesMasksBeginsAsAnyOtherFromNoise(@TempDir Path folder)
      throws Exception {
    ModelFolder model = seeingMasks(folder);
    Map<String, HostTensor> inputs = words();
    HostTensor.Floats expected;
    try (DenoiserEngine engine = engine("pipe-sd")) {
      expected =
          engine.denoise(
              request(inputs, Sampling.of(4, 3), 1), new TorchGenerator(5), StepListener.NONE);
    }
    inputs.put(IMAGE, picture(64));
    inputs.put(MASK, rightHalf(64));
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats painted =
          engine.denoise(
              request(inputs, Sampling.of(4, 3), 1), new TorchGenerator(5), StepListener.NONE);

      assertThat(painted.values())
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(expected.values());
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  engine.denoise(
                      request(words(), Sampling.of(4, 3), 1),
                      new TorchGenerator(5),
                      StepListener.NONE));
    }
  }

  /** The same of pixels; what is known stays as it was all the same. */
  @Test
  void denoise_ofPixelsWithAUnetThatSeesHoles(@TempDir Path folder) throws Exception {
    widen(folder, "pipe-if", 3, 7);
    ModelFolder model = ModelFolder.open(folder);
    ModelFolder usual = ModelFolder.open(GOLDENS.resolve("pipe-if"));
    int side = usual.config("unet").integer("sample_size");
    Map<String, HostTensor> told = DeepFloyd.exampleText(usual.config("unet"));
    Map<String, HostTensor> given = new LinkedHashMap<>(told);
    given.put(IMAGE, picture(side));
    given.put(MASK, rightHalf(side));
    for (Map<String, HostTensor> inputs : List.of(told, given)) {
      DenoiseRequest request = request(inputs, Sampling.of(4, 3), 1);
      HostTensor.Floats expected = denoised(usual, request);
      HostTensor.Floats painted = denoised(model, request);
      assertThat(painted.values())
          .as("its weights for what it sees are zero")
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(expected.values());
      if (inputs == given) {
        assertLeftHalf(painted, picture(side));
      }
    }
    DeepFloyd family = new DeepFloyd(model);
    DenoiseRequest request = request(given, Sampling.of(4, 3), 1);
    Start begun =
        family.start(
            request, request.sampling().plan(model.scheduler("scheduler")), new TorchGenerator(5));
    assertThat(begun.appended().shape()).containsExactly(1, 4, side, side);
    assertThat(Arrays.copyOf(begun.appended().values(), side * side))
        .isEqualTo(rightHalf(side).values());
    assertThat(begun.appended().values()[side * side]).isEqualTo(picture(side).values()[0]);
    assertThat(begun.appended().values()[side * side + side - 1]).as("the hole").isZero();
    family.close();
  }

  private static HostTensor.Floats denoised(ModelFolder model, DenoiseRequest request)
      throws InterruptedException {
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      return engine.denoise(request, new TorchGenerator(5), StepListener.NONE);
    }
  }

  /** The mask first, then the latents of the picture with a grey hole: diffusers' order. */
  @Test
  void start_showsTheMaskAndThePictureWithAHole(@TempDir Path folder) throws Exception {
    ModelFolder model = seeingMasks(folder);
    LatentStart start = new LatentStart(model, BatchLimit.DEFAULT);
    DenoiseRequest request =
        request(Map.of(IMAGE, picture(64), MASK, rightHalf(64)), Sampling.of(4, 3), 1);
    TorchGenerator generator = new TorchGenerator(5);

    Start begun =
        start.start(request, request.sampling().plan(model.scheduler("scheduler")), generator);

    TorchGenerator again = new TorchGenerator(5);
    again.randn(4 * 8 * 8);
    HostTensor.Floats holed = picture(64);
    for (int i = 0; i < holed.values().length; i++) {
      if (i % 64 >= 32) {
        holed.values()[i] = 0;
      }
    }
    assertThat(begun.known()).isNull();
    assertThat(begun.appended().shape()).containsExactly(1, 5, 8, 8);
    assertThat(Arrays.copyOf(begun.appended().values(), 64)).isEqualTo(rightHalf(8).values());
    assertThat(Arrays.copyOfRange(begun.appended().values(), 64, 320))
        .isEqualTo(new LatentEncoder(model, BatchLimit.DEFAULT).encode(holed, again).values());
  }

  private static DenoiserEngine engine(String model) {
    return Families.denoiser(ModelFolder.open(GOLDENS.resolve(model)), BatchLimit.DEFAULT);
  }

  private static Map<String, HostTensor> words() {
    float[] wanted = new TorchGenerator(1).randn(77 * 16);
    float[] negative = new TorchGenerator(2).randn(77 * 16);
    Map<String, HostTensor> words = new LinkedHashMap<>();
    words.put(TensorNames.TEXT_HIDDEN_STATES, new HostTensor.Floats(wanted, 1, 77, 16));
    words.put(
        TensorNames.NEGATIVE + TensorNames.TEXT_HIDDEN_STATES,
        new HostTensor.Floats(negative, 1, 77, 16));
    return words;
  }

  /** The recorded Stable Diffusion with five more input channels, whose weights are zero. */
  private static ModelFolder seeingMasks(Path folder) throws IOException {
    widen(folder, "pipe-sd", 4, 9);
    Path index = folder.resolve("model_index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace("StableDiffusionPipeline", "StableDiffusionInpaintPipeline"));
    return ModelFolder.open(folder);
  }

  /** Writes a recorded pipeline whose UNet has more input channels, whose weights are zero. */
  private static void widen(Path folder, String pipeline, int from, int to) throws IOException {
    Path recorded = GOLDENS.resolve(pipeline);
    Path unet = Files.createDirectory(folder.resolve("unet"));
    for (Path entry : entries(recorded)) {
      if (Files.isDirectory(entry) && !entry.endsWith("unet")) {
        copy(entry, Files.createDirectory(folder.resolve(entry.getFileName())));
      }
    }
    Files.copy(recorded.resolve("model_index.json"), folder.resolve("model_index.json"));
    Files.writeString(
        unet.resolve("config.json"),
        Files.readString(recorded.resolve("unet/config.json"))
            .replace("\"in_channels\": " + from, "\"in_channels\": " + to));
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(recorded.resolve("unet"))) {
      for (String name : source.names()) {
        float[] values = source.floats(name);
        long[] shape = source.info(name).shape();
        if (name.equals("conv_in.weight")) {
          values = widened(values, (int) shape[0], from * 9, to * 9);
          shape[1] = to;
        }
        tensors.put(name, new NamedTensor(DType.F32, shape, values));
      }
    }
    SafetensorsWriter.write(unet.resolve("diffusion_pytorch_model.safetensors"), tensors, Map.of());
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : entries(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  private static float[] widened(float[] values, int rows, int from, int to) {
    float[] wide = new float[rows * to];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * from, wide, row * to, from);
    }
    return wide;
  }
}
