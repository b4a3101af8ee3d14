package dev.sluice.serving.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.StageTrial;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.StageWork;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenoiserStageTest {

  private static final Map<String, Tensor> TEXT = StageTrial.text("a red circle above a square");
  private static final HostTensor.Floats EMBEDDING = StageTrial.anyFloats(1, 16);

  private static final String PROMPT = "a photo of an astronaut riding a horse on mars";
  private static final String NEGATIVE = "blurry, low quality";

  private final StageWork stage = new DenoiserStage(StageTrial.engines()).open();

  private static RouteStep step(DenoiserParameters.Builder parameters) {
    return RouteStep.newBuilder().setStage(Stage.DENOISER).setDenoiser(parameters).build();
  }

  private static Task task(long seed, int steps) {
    return Task.newBuilder()
        .setHeader(StageTrial.header(seed))
        .setStep(step(DenoiserParameters.newBuilder().setSampling(StageTrial.sampling(steps, 3))))
        .putAllInputs(TEXT)
        .putInputs("image_embeds", StageTensors.of(EMBEDDING))
        .build();
  }

  @Test
  void run_goesOnWithTheRandomNumbersOfTheStageBefore() throws Exception {
    TorchGenerator generator = new TorchGenerator(7);
    generator.randn(48);
    Task task = task(1234, 4);
    Task goesOn =
        task.toBuilder()
            .setHeader(
                task.getHeader().toBuilder()
                    .setGeneratorState(ByteString.copyFrom(generator.state())))
            .build();

    StageResult result = stage.run(goesOn, new StageTrial.Context());

    try (DenoiserEngine engine = Families.denoiser(StageTrial.model(), StageTrial.limit())) {
      HostTensor.Floats expected =
          engine.denoise(
              DenoiseRequest.of(StageTensors.all(task.getInputsMap()), Sampling.of(4, 3)),
              generator,
              StepListener.NONE);
      assertThat(result.getOutputsMap())
          .containsOnly(Map.entry("sample", StageTensors.of(expected)));
    }
    assertThat(result.getHeader().getGeneratorState().toByteArray()).isEqualTo(generator.state());
  }

  /**
   * Begins below pure noise: there, at a signal-to-noise ratio of 10^-9, a model with random
   * weights puts a pixel on this or that side of its clipping limit by a rounding.
   */
  private static Task steady(int index, int steps) {
    Task.Builder task = task(index, steps).toBuilder();
    task.getStepBuilder()
        .getDenoiserBuilder()
        .getSamplingBuilder()
        .setSampler("DDIMScheduler")
        .setTimestepSpacing("leading");
    return task.build();
  }

  @Test
  void run_makesTheSamePictureInAnyCompany() throws Exception {
    List<Integer> steps = List.of(3, 9, 5, 7, 4, 8);
    ExecutorService slots = Executors.newFixedThreadPool(steps.size());
    try {
      List<Future<StageResult>> together = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        Task task = steady(i, steps.get(i));
        together.add(slots.submit(() -> stage.run(task, new StageTrial.Context())));
      }
      for (int i = 0; i < steps.size(); i++) {
        float[] alone = sample(stage.run(steady(i, steps.get(i)), new StageTrial.Context()));
        float[] inCompany = sample(together.get(i).get());
        // One grey level of 255 is 2 / 255 here.
        for (int j = 0; j < alone.length; j++) {
          assertThat(Math.abs(inCompany[j] - alone[j])).isLessThan(2f / 255);
        }
      }
    } finally {
      slots.shutdown();
    }
  }

  private static float[] sample(StageResult result) {
    return TensorMessages.floats("sample", result.getOutputsOrThrow("sample"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 8})
  void run_goesOnWhereAnEarlierAttemptWasStopped(int stepsBefore) {
    Task task = task(7, 9);
    // Who waits for the model asks whether to go on, too.
    StageResult whole = stage.run(task, new StageTrial.Context());
    StageTrial.Context stopped = new StageTrial.Context(stepsBefore);
    assertThatThrownBy(() -> stage.run(task, stopped)).isInstanceOf(StageStoppedException.class);
    assertThat(stopped.progress()).hasSize(stepsBefore);

    StageTrial.Context next = stopped.next();
    StageResult resumed = stage.run(task, next);

    assertThat(next.progress()).hasSize(9 - stepsBefore).endsWith("9/9");
    assertThat(resumed).isEqualTo(whole);
  }

  private static Task byDdim(Task task, int steps) {
    Task.Builder changed = task.toBuilder();
    changed
        .getStepBuilder()
        .getDenoiserBuilder()
        .setSampling(
            StageTrial.sampling(steps, 1).toBuilder()
                .setSampler("DDIMScheduler")
                .setTimestepSpacing("trailing")
                .setStaticThreshold(0));
    return changed.build();
  }

  @Test
  void run_invertsThePictureThatTheTaskNames() {
    Task.Builder inversion =
        byDdim(task(7, 4), 4).toBuilder()
            .putInputs("end", StageTensors.of(StageTrial.anyFloats(1, 3, 24, 40)));
    inversion
        .getStepBuilder()
        .getDenoiserBuilder()
        .setInvert(true)
        .setImage("end")
        .setNoise("end_noise");

    Map<String, Tensor> found =
        stage.run(inversion.build(), new StageTrial.Context()).getOutputsMap();

    assertThat(found).containsOnlyKeys("end_noise");
    assertThat(found.get("end_noise").getShapeList()).containsExactly(1L, 3L, 16L, 16L);
  }

  @Test
  void run_beginsOnTheWayFromNoiseToNoise() {
    Task begin = task(7, 3);
    Task end = task(9, 3);

    for (double share : new double[] {0, 1}) {
      Task.Builder between = begin.toBuilder();
      between.getStepBuilder().getDenoiserBuilder().setNoiseBlend(share).setEndNoiseSeed(9);
      StageResult expected =
          stage.run(byDdim(share == 0 ? begin : end, 3), new StageTrial.Context());
      float[] made = sample(stage.run(byDdim(between.build(), 3), new StageTrial.Context()));
      assertThat(made).containsExactly(sample(expected), Offset.offset(1e-4f));
    }
  }

  @Test
  void run_beginsAnewWhereWhatIsLeftIsOfNoUse() {
    Task task = task(7, 4);
    StageTrial.Context context = StageTrial.Context.after(new byte[] {1, 2, 3});

    StageResult anew = stage.run(task, context);

    assertThat(context.progress()).hasSize(4);
    assertThat(anew).isEqualTo(stage.run(task, new StageTrial.Context()));
  }

  @ParameterizedTest
  // pipe-sd's sampler makes one call more than it has steps.
  @CsvSource({"pipe-unclip, 16, 2", "pipe-sd, 64, 3"})
  void run_showsPreviewsAsOftenAsTheRequestSays(String model, int width, int count)
      throws Exception {
    Task.Builder curious = task(7, 6).toBuilder();
    curious.getHeaderBuilder().setModel(model).setPreviewEverySteps(2);
    if (!model.equals("pipe-unclip")) {
      curious.putAllInputs(StageTrial.text(model, PROMPT, NEGATIVE));
    }
    StageTrial.Context context = new StageTrial.Context();
    stage.run(curious.build(), context);

    for (int wait = 0; wait < 200 && context.previews().size() < count; wait++) {
      Thread.sleep(50);
    }
    assertThat(context.previews().size()).isEqualTo(count);
    assertThat(ImageIO.read(new ByteArrayInputStream(context.previews().get(0))).getWidth())
        .isEqualTo(width);
  }

  @Test
  void run_refusesASizeThatTheModelDoesNotMake() {
    Task task = task(7, 4);
    Task large =
        task.toBuilder()
            .setStep(step(task.getStep().getDenoiser().toBuilder().setHeight(512)))
            .build();

    assertThatThrownBy(() -> stage.run(large, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessage("height: 512 pixels; this model makes 16");
  }

  static Stream<Arguments> badInputs() {
    Tensor embedding = StageTensors.of(StageTrial.anyFloats(1, 768));
    Tensor integers = TensorMessages.of(new long[16], 1, 16);
    Tensor states = StageTensors.of(StageTrial.anyFloats(1, 77, 5));
    Tensor latent = StageTensors.of(StageTrial.anyFloats(1, 3, 8, 8));
    Tensor label = TensorMessages.of(new long[] {999_999}, 1);
    return Stream.of(
        Arguments.of("pipe-unclip", "image_embeds", embedding, "this model takes floats of shape"),
        Arguments.of("pipe-unclip", "image_embeds", integers, "this model takes floats of shape"),
        Arguments.of("pipe-sd", "text_hidden_states", states, "[1, 77, 5]; this model takes"),
        Arguments.of("pipe-sd", "latent", latent, "expected floats of shape [1, 4, height, width]"),
        Arguments.of("pipe-dit", "class_label", label, "999999; this model knows 0 to"));
  }

  @ParameterizedTest
  @MethodSource("badInputs")
  void run_refusesWhatTheModelDoesNotTakeBeforeItsNetworkSeesIt(
      String model, String input, Tensor given, String message) {
    Task.Builder task = task(7, 4).toBuilder();
    task.getHeaderBuilder().setModel(model);
    if (model.equals("pipe-sd")) {
      task.putAllInputs(StageTrial.text(model, PROMPT, NEGATIVE));
    }
    task.putInputs(input, given);

    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.field()).isEqualTo("inputs." + input);
            })
        .hasMessageContaining(message);
  }

  @Test
  void run_refusesASampleThatIsNotCutIntoWholePatches() {
    Task.Builder task =
        task(7, 4).toBuilder().putInputs("class_label", TensorMessages.of(new long[1], 1));
    task.getHeaderBuilder().setModel("pipe-dit");
    int downscale = StageTrial.model("pipe-dit").sampleSize().downscale();
    task.getStepBuilder().getDenoiserBuilder().setHeight(5 * downscale).setWidth(4 * downscale);

    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining("a sample of 4 x 5 values; both sides must be multiples of 2");
  }

  /** A base model's run up to four fifths of the schedule, and the refiner's run from there. */
  @ParameterizedTest
  @CsvSource({
    "pipe-sdxl, golden.ensemble, out.image, 3e-4",
    "pipe-sdxl-refiner, golden.latents, mid.scheduler.prev_sample, 3e-4"
  })
  void run_handsOverAndTakesOverAsTheReferenceDoes(
      String model, String run, String expectedName, double tolerance) {
    boolean refiner = run.equals("golden.latents");
    Task.Builder task =
        Task.newBuilder()
            .setHeader(StageTrial.header(42).toBuilder().setModel(model))
            .setStep(step(DenoiserParameters.newBuilder()))
            .putAllInputs(StageTrial.text(model, PROMPT, NEGATIVE));
    DenoiserParameters.Builder parameters =
        task.getStepBuilder().getDenoiserBuilder().setSampling(StageTrial.sampling(10, 5));
    float[] expected;
    try (TensorSource golden = StageTrial.golden(model, run)) {
      expected = golden.floats(expectedName);
      if (refiner) {
        float[] begun = golden.floats("in.image_latent");
        task.putInputs("sample", TensorMessages.of(begun, 1, 4, 8, 8));
        parameters.setStart(0.8);
      } else {
        parameters.setEnd(0.8);
      }
    }

    float[] sample = sample(stage.run(task.build(), new StageTrial.Context()));

    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    // The last step's, where all are recorded.
    int offset = expected.length - sample.length;
    for (int i = 0; i < sample.length; i++) {
      assertThat((double) Math.abs(sample[i] - expected[offset + i]))
          .isLessThan(tolerance * largest);
    }
  }

  @Test
  void run_needsASampleToGoOnWith() {
    Task.Builder task = task(7, 4).toBuilder();
    task.getStepBuilder().getDenoiserBuilder().setStart(0.5);

    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("the tensor sample is missing");
  }
}
