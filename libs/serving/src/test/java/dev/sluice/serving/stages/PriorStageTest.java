package dev.sluice.serving.stages;

import static java.util.Collections.nCopies;
import static java.util.Comparator.comparingDouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.diffusion.math.Slerp;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.embed.DiffusionPrior;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.StageTrial;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.StageWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriorStageTest {

  private static final Map<String, Tensor> TEXT = StageTrial.text("a red circle above a square");

  private final StageWork stage = new PriorStage(StageTrial.engines()).open();

  private static RouteStep step(PriorParameters.Builder parameters) {
    return RouteStep.newBuilder().setStage(Stage.PRIOR).setPrior(parameters).build();
  }

  private static Task task(SamplingSettings sampling) {
    return Task.newBuilder()
        .setHeader(StageTrial.header(7))
        .setStep(step(PriorParameters.newBuilder().setSampling(sampling)))
        .putAllInputs(TEXT)
        .build();
  }

  @Test
  void run_samplesAsTheEngineDoesAndHandsOnTheGenerator() throws Exception {
    StageTrial.Context context = new StageTrial.Context();
    StageResult result = stage.run(task(StageTrial.sampling(4, 3)), context);

    TorchGenerator generator = new TorchGenerator(7);
    try (DiffusionPrior engine = DiffusionPrior.load(StageTrial.model(), StageTrial.limit())) {
      assertThat(result.getOutputsMap())
          .containsOnly(
              Map.entry(
                  "image_embeds",
                  StageTensors.of(
                      engine.sample(
                          List.of(StageTensors.text(TEXT, "")),
                          List.of(StageTensors.text(TEXT, TensorNames.NEGATIVE)),
                          Sampling.of(4, 3),
                          generator,
                          StepListener.NONE))));
    }
    assertThat(result.getHeader().getGeneratorState().toByteArray()).isEqualTo(generator.state());
    assertThat(context.progress()).containsExactly("1/4", "2/4", "3/4", "4/4");
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 4, 5, 6}) // with 1 the best two differ by less than rounding may
  void run_keepsTheCandidateThatIsMostLikeTheText(long seed) throws Exception {
    Task task = task(StageTrial.sampling(4, 3));
    Task choosing =
        task.toBuilder()
            .setHeader(StageTrial.header(seed))
            .setStep(step(task.getStep().getPrior().toBuilder().setCandidates(4)))
            .build();
    TextEmbedding text = StageTensors.text(TEXT, "");
    TextEmbedding none = StageTensors.text(TEXT, TensorNames.NEGATIVE);
    List<HostTensor.Floats> byLikeness = new ArrayList<>();
    TorchGenerator generator = new TorchGenerator(seed);
    try (DiffusionPrior engine = DiffusionPrior.load(StageTrial.model(), StageTrial.limit())) {
      HostTensor.Floats all =
          engine.sample(
              nCopies(4, text), nCopies(4, none), Sampling.of(4, 3), generator, StepListener.NONE);
      for (int i = 0; i < 4; i++) {
        byLikeness.add(all.row(i));
      }
    }
    byLikeness.sort(comparingDouble(row -> dot(row.values(), text.embeds().values())));

    StageResult result = stage.run(choosing, new StageTrial.Context());

    assertThat(StageTensors.floats(result.getOutputsMap(), "image_embeds").values())
        .containsExactly(byLikeness.get(3).values(), within(1e-4f));
    assertThat(dot(byLikeness.get(3).values(), text.embeds().values()))
        .isGreaterThan(dot(byLikeness.get(2).values(), text.embeds().values()) + 1e-3);
    assertThat(result.getHeader().getGeneratorState().toByteArray()).isEqualTo(generator.state());
  }

  @Test
  void run_refusesAnAutoregressivePriorThatTheModelDoesNotHave() {
    Task task =
        task(StageTrial.sampling(4, 3)).toBuilder()
            .setStep(step(PriorParameters.newBuilder().setAutoregressive(true)))
            .build();

    assertThatThrownBy(() -> stage.run(task, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("model pipe-unclip has no autoregressive prior");
  }

  private static double dot(float[] one, float[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> one[i] * other[i]).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 17})
  void run_refusesANumberOfCandidatesOutOfRange(int candidates) {
    Task.Builder task = task(StageTrial.sampling(4, 3)).toBuilder();
    task.getStepBuilder().getPriorBuilder().setCandidates(candidates);

    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("candidates: " + candidates + "; expected 1 to 16");
  }

  @Test
  void run_refusesTheTextOfAnotherModel() {
    Task task =
        task(StageTrial.sampling(4, 3)).toBuilder()
            .putInputs("text_hidden_states", TensorMessages.of(new float[77 * 5], 1, 77, 5))
            .putInputs("text_mask", TensorMessages.of(new long[77], 1, 77))
            .build();

    assertThatThrownBy(() -> stage.run(task, new StageTrial.Context()))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.field()).isEqualTo("inputs.text_hidden_states");
            })
        .hasMessageContaining("[1, 77, 5]; this model takes floats of shape [1, any, ");
  }

  @Test
  void run_stopsBetweenSteps() {
    // Who waits for the model asks whether to go on, too.
    stage.run(task(StageTrial.sampling(2, 3)), new StageTrial.Context());
    StageTrial.Context context = new StageTrial.Context(2);

    assertThatThrownBy(() -> stage.run(task(StageTrial.sampling(50, 3)), context))
        .isInstanceOf(StageStoppedException.class);
    assertThat(context.progress()).containsExactly("1/50", "2/50");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NovelScheduler", "EulerAncestralDiscreteScheduler"})
  void run_saysWhichSamplersCanSampleTheModel(String sampler) {
    SamplingSettings sampling = StageTrial.sampling(4, 3).toBuilder().setSampler(sampler).build();

    assertThatThrownBy(() -> stage.run(task(sampling), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining(sampler)
        .hasMessageContaining("expected");
  }

  @Test
  void run_refusesAForeignGeneratorState() {
    Task task = task(StageTrial.sampling(4, 3));
    Task foreign =
        task.toBuilder()
            .setHeader(
                task.getHeader().toBuilder().setGeneratorState(ByteString.copyFromUtf8("dice")))
            .build();

    assertThatThrownBy(() -> stage.run(foreign, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("not the state of a generator");
  }

  @Test
  void run_makesWhatKandinskysPriorMadeInTheReference() {
    // The run that about.json of the pack describes.
    String model = "pipe-kandinsky22-prior";
    Map<String, Tensor> text =
        StageTrial.text(model, "a photo of an astronaut riding a horse on mars", "");
    Task task =
        task(StageTrial.sampling(5, 4)).toBuilder()
            .setHeader(StageTrial.header(42).toBuilder().setModel(model))
            .putAllInputs(text)
            .build();

    Map<String, Tensor> outputs = stage.run(task, new StageTrial.Context()).getOutputsMap();

    try (TensorSource golden = StageTrial.golden(model, "golden.prior")) {
      for (String name : List.of("image_embeds", "negative_image_embeds")) {
        assertThat(StageTensors.floats(outputs, name).values())
            .as(name)
            .containsExactly(golden.floats("out." + name), within(2e-3f));
      }
    }
  }

  @Test
  void run_embedsAPictureOfAnySize() {
    Task.Builder task =
        Task.newBuilder()
            .setHeader(StageTrial.header(7).toBuilder().setModel("pipe-unclip-image-variation"))
            .setStep(step(PriorParameters.newBuilder().setFromImage(true)));
    Task one = task.putInputs("image", StageTensors.of(StageTrial.anyFloats(1, 3, 40, 31))).build();

    StageTrial.Context context = new StageTrial.Context();
    StageResult result = stage.run(one, context);

    try (ImageEncoder images =
        ImageEncoder.load(StageTrial.model("pipe-unclip-image-variation"), BatchLimit.DEFAULT)) {
      assertThat(result.getOutputsMap())
          .containsOnly(
              Map.entry(
                  "image_embeds",
                  StageTensors.of(images.embed(StageTrial.anyFloats(1, 3, 40, 31)))));
    }
    assertThat(context.progress()).containsExactly("1/1");
  }

  @Test
  void run_goesAPartOfTheWayFromAnEmbeddingToThatOfAnotherPicture() {
    String model = "pipe-unclip-image-variation";
    HostTensor.Floats picture = StageTrial.anyFloats(1, 3, 40, 31);
    HostTensor.Floats end;
    try (ImageEncoder images = ImageEncoder.load(StageTrial.model(model), BatchLimit.DEFAULT)) {
      end = images.embed(picture);
    }
    HostTensor.Floats start = StageTrial.anyFloats(end.shape());
    Task.Builder task =
        Task.newBuilder()
            .setHeader(StageTrial.header(7).toBuilder().setModel(model))
            .putInputs("image_embeds", StageTensors.of(start))
            .putInputs("other", StageTensors.of(picture));
    task.getStepBuilder().getPriorBuilder().setFromImage(true).setImage("other").setBlend(0.3);

    Map<String, Tensor> outputs = stage.run(task.build(), new StageTrial.Context()).getOutputsMap();

    assertThat(StageTensors.floats(outputs, "image_embeds").values())
        .containsExactly(Slerp.between(start.values(), end.values(), 0.3), within(1e-6f));
    task.getStepBuilder().getPriorBuilder().setBlend(1.5);
    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("1.5; expected 0 to 1");
    task.getStepBuilder().getPriorBuilder().setBlend(0.3);
    task.removeInputs("image_embeds");
    assertThatThrownBy(() -> stage.run(task.build(), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("image_embeds is missing");
  }

  @Test
  void run_saysWhenAModelCannotEmbedPictures() {
    Task task =
        Task.newBuilder()
            .setHeader(StageTrial.header(7))
            .setStep(step(PriorParameters.newBuilder().setFromImage(true)))
            .putInputs("image", StageTensors.of(StageTrial.anyFloats(1, 3, 8, 8)))
            .build();

    assertThatThrownBy(() -> stage.run(task, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("no image encoder");
  }

  @Test
  void run_saysWhenAModelHasNoPrior() {
    Task task =
        task(StageTrial.sampling(4, 3)).toBuilder()
            .setHeader(StageTrial.header(7).toBuilder().setModel("pipe-unclip-image-variation"))
            .build();

    assertThatThrownBy(() -> stage.run(task, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("no prior");
  }

  @Test
  void run_turnsAPictureAsWordsChange() {
    float[] picture = {3, 0, 4, 0};
    Task.Builder task =
        Task.newBuilder()
            .setHeader(StageTrial.header(7))
            .putInputs("image_embeds", TensorMessages.of(picture, 1, 4))
            .putInputs("negative_text_embeds", TensorMessages.of(new float[] {1, 0, 0, 0}, 1, 4))
            .putInputs("text_embeds", TensorMessages.of(new float[] {0, 2, 0, 0}, 1, 4));

    assertThat(changed(task, 0)).containsExactly(picture, Offset.offset(1e-5f));
    float half = (float) (5 * Math.sqrt(0.5));
    assertThat(changed(task, 1))
        .containsExactly(new float[] {-half, half, 0, 0}, Offset.offset(1e-5f));
    task.putInputs("text_embeds", TensorMessages.of(new float[] {2, 0, 0, 0}, 1, 4));
    assertThatThrownBy(() -> changed(task, 0.5))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("no direction");
  }

  private float[] changed(Task.Builder task, double share) {
    task.setStep(step(PriorParameters.newBuilder().setFromChange(true).setBlend(share)));
    return TensorMessages.floats(
        "image_embeds",
        stage.run(task.build(), new StageTrial.Context()).getOutputsOrThrow("image_embeds"));
  }
}
