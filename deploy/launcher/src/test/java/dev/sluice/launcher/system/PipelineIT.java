package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.RunFolder;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.Service;
import dev.sluice.launcher.instance.SluiceHome;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole of Sluice as processes: a real broker and the five services, on a tiny unCLIP. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PipelineIT {

  private static final String MODEL = TinyModel.NAME;

  /** The model that ships, whose networks are trained. */
  private static final String SHAPES = "shapes-unclip";

  /** A model whose pictures a rounding hardly moves. */
  private static final String LATENT = "pipe-sd";

  private static final List<String> FAMILIES =
      List.of(
          "pipe-sd",
          "pipe-sdxl",
          "pipe-sdxl-refiner",
          "pipe-if",
          "pipe-dit",
          "pipe-ddpm",
          "pipe-kandinsky22-prior",
          "pipe-kandinsky22-decoder",
          "pipe-unclip-image-variation");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static LocalInstance instance;
  private static RunningInstance address;
  private static ManagedChannel channel;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() throws IOException {
    Path models = folder.resolve("models");
    TinyModel.install(models);
    for (String name : FAMILIES) {
      TinyModel.install(name, models);
    }
    Path own = Path.of(System.getProperty("sluice.home"), "models");
    TinyModel.copy(own.resolve(SHAPES), models);
    SluiceHome home = new SluiceHome(Path.of(System.getProperty("sluice.home")), folder);
    StartReport report = new StartReport(System.out);
    instance = LocalInstance.start(home, RunFolder.temporary(folder), models, List.of(), report);
    System.out.println("everything is up after " + ProgressDisplay.seconds(report.elapsed()));
    address = instance.address();
    channel = ManagedChannelBuilder.forTarget(address.grpc()).usePlaintext().build();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", address.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    if (instance != null) {
      producer.close();
      channel.shutdownNow();
      instance.close();
    }
  }

  private static GenerationRequest.Builder request(String id, long seed) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setModel(MODEL)
        .setPrompt("a photo of an astronaut riding a horse on mars")
        .setSeed(seed)
        .setPrior(SamplingSettings.newBuilder().setSteps(4))
        .setDenoiser(SamplingSettings.newBuilder().setSteps(5));
  }

  // ---- the doors

  /** Pictures by index; a second picture of an index is an error. */
  private static Map<Integer, Image> overGrpc(
      GenerationRequest request, Consumer<GenerationEvent> onEvent) {
    Map<Integer, Image> images = new TreeMap<>();
    ImageGenerationGrpc.newBlockingStub(channel)
        .generate(request)
        .forEachRemaining(
            event -> {
              onEvent.accept(event);
              assertThat(event.hasError()).as(event.getError().getMessage()).isFalse();
              if (event.hasImage()) {
                assertThat(images.put(event.getImageIndex(), event.getImage()))
                    .as("picture %d came before", event.getImageIndex())
                    .isNull();
              }
            });
    return images;
  }

  private static Map<Integer, Image> overGrpc(GenerationRequest request) {
    return overGrpc(request, event -> {});
  }

  private static void write(String topic, String key, byte[] value, String contentType) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
    if (contentType != null) {
      record
          .headers()
          .add(RecordHeaders.CONTENT_TYPE, contentType.getBytes(StandardCharsets.UTF_8));
    }
    producer.send(record);
    producer.flush();
  }

  private static GenerationResult result(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Results.read(record.value(), TopicReader.header(record, RecordHeaders.CONTENT_TYPE));
    } catch (InvalidProtocolBufferException e) {
      return GenerationResult.getDefaultInstance();
    }
  }

  private static List<GenerationResult> resultsOf(TopicReader results, String id, int count) {
    return results
        .await(count, PATIENCE, record -> result(record).getRequestId().equals(id))
        .stream()
        .map(PipelineIT::result)
        .toList();
  }

  private static HttpResponse<String> overHttp(String body)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://" + address.http() + "/v1/images/generations"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  // ---- pictures

  @Test
  void thePictureIsTheOneThatTheReferenceMakes() {
    // The run that about.json of the pack describes.
    Image image =
        overGrpc(
                request("reference", 842)
                    .setPrior(SamplingSettings.newBuilder().setSteps(5).setGuidanceScale(4))
                    .setDenoiser(SamplingSettings.newBuilder().setSteps(5).setGuidanceScale(8))
                    .addUpscaler(SamplingSettings.newBuilder().setSteps(7))
                    .build())
            .get(0);

    float[] expected;
    Path golden = TinyModel.source().resolve("golden.txt2img.safetensors");
    try (TensorSource tensors = Checkpoints.open(golden)) {
      expected = tensors.floats("out.image");
    }
    // The pack's tolerance is 0.0035 of the range, for sums in the reference's order. oneDNN's are
    // in another one, a difference that this random model makes 20,000 times as large.
    assertThat(Png.largestDifference(image.getPng(), expected)).isLessThan(0.02);
  }

  /** Runs that about.json of the packs describe, of one picture each. */
  static Stream<Arguments> recordedRuns() {
    String prompt = "a photo of an astronaut riding a horse on mars";
    String unwanted = "blurry, low quality";
    return Stream.of(
        arguments(
            recorded("pipe-sd", 42, 5, 7.5).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(
            recorded("pipe-sdxl", 42, 5, 5).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(
            recorded("pipe-if", 2242, 5, 7).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(recorded("pipe-dit", 33, 4, 1).setClassLabel(1), "nocfg"));
  }

  private static GenerationRequest.Builder recorded(
      String model, long seed, int steps, double guidanceScale) {
    return GenerationRequest.newBuilder()
        .setRequestId("recorded-" + model)
        .setModel(model)
        .setSeed(seed)
        .setDenoiser(SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale));
  }

  @ParameterizedTest
  @MethodSource("recordedRuns")
  void aPictureOfEveryFamilyIsTheOneThatTheReferenceMakes(
      GenerationRequest.Builder request, String run) {
    Image image = overGrpc(request.build()).get(0);

    Path golden = TinyModel.source(request.getModel()).resolve("golden." + run + ".safetensors");
    try (TensorSource tensors = Checkpoints.open(golden)) {
      assertThat(Png.largestDifference(image.getPng(), tensors.floats("out.image")))
          .isLessThan(0.002 + 0.5 / 255);
    }
  }

  @Test
  void aPictureIsBegunByOneModelAndFinishedByTheOther() {
    GenerationRequest alone =
        recorded("pipe-sdxl", 42, 10, 5).setRequestId("alone").setPrompt("a ship").build();
    GenerationRequest refined =
        alone.toBuilder().setRequestId("refined").setRefinerModel("pipe-sdxl-refiner").build();

    List<Stage> stages = new ArrayList<>();
    Image image =
        overGrpc(refined, event -> stages.addAll(event.getAccepted().getStagesList())).get(0);

    assertThat(stages)
        .containsExactly(
            Stage.TEXT_ENCODER, Stage.DENOISER, Stage.TEXT_ENCODER, Stage.DENOISER, Stage.UPSCALER);
    assertThat(image.getTimingsList()).hasSize(5);
    ByteString again = overGrpc(refined.toBuilder().setRequestId("again").build()).get(0).getPng();
    assertThat(Png.largestDifference(image.getPng(), again)).isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(alone).get(0).getPng()))
        .isGreaterThan(10);
  }

  @Test
  void aPictureStaysAsItWasWhereItIsNotPainted() throws IOException {
    BufferedImage given = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    BufferedImage mask = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      given.setRGB(i % 16, i / 16, 0x010203 * i & 0xffffff);
      mask.setRGB(i % 16, i / 16, i % 16 < 8 ? 0 : 0xffffff);
    }
    GenerationRequest painting =
        GenerationRequest.newBuilder()
            .setRequestId("painting")
            .setModel("pipe-ddpm")
            .setSeed(3)
            .setImage(png(given))
            .setMask(png(mask))
            .setDenoiser(SamplingSettings.newBuilder().setSteps(5).setTimestepSpacing("trailing"))
            .build();

    BufferedImage painted = ImageIO.read(overGrpc(painting).get(0).getPng().newInput());

    int changed = 0;
    for (int i = 0; i < 256; i++) {
      int before = given.getRGB(i % 16, i / 16);
      int after = painted.getRGB(i % 16, i / 16);
      if (i % 16 < 8) {
        assertThat(after).isEqualTo(before);
      } else if (after != before) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(100);
  }

  @Test
  void kandinskysTwoHalvesMakeOnePicture() {
    GenerationRequest request =
        recorded("pipe-kandinsky22-decoder", 42, 5, 4)
            .setRequestId("halves")
            .setPrompt("a ship")
            .setPrior(SamplingSettings.newBuilder().setSteps(4))
            .build();

    Image image = overGrpc(request).get(0);

    assertThat(image.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
    GenerationRequest named =
        request.toBuilder().setRequestId("named").setPriorModel("pipe-kandinsky22-prior").build();
    GenerationRequest other =
        request.toBuilder().setRequestId("other").setPrompt("a red square").build();
    assertThat(Png.largestDifference(image.getPng(), overGrpc(named).get(0).getPng()))
        .isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(other).get(0).getPng()))
        .isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-kandinsky22-decoder", "pipe-unclip-image-variation"})
  void aVariationDependsOnThePictureGiven(String model) throws IOException {
    BufferedImage dark = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    GenerationRequest variation =
        recorded(model, 5, 5, 4)
            .setRequestId("dark-" + model)
            .setImage(png(dark))
            .setVariation(true)
            .build();

    ByteString first = overGrpc(variation).get(0).getPng();

    GenerationRequest again = variation.toBuilder().setRequestId("again-" + model).build();
    GenerationRequest other =
        again.toBuilder().setRequestId("striped-" + model).setImage(png(striped)).build();
    assertThat(Png.largestDifference(first, overGrpc(again).get(0).getPng()))
        .isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(first, overGrpc(other).get(0).getPng())).isGreaterThan(10);
  }

  @Test
  void aChangeOfWordsBeginsWithTheVariationThatKeepsThePicturesStructure() throws IOException {
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    GenerationRequest variation =
        recorded("pipe-unclip-image-variation", 5, 5, 4)
            .setRequestId("structure-kept")
            .clearPrompt()
            .setImage(png(striped))
            .setVariation(true)
            .setKeepStructure(true)
            .build();
    GenerationRequest walk =
        variation.toBuilder()
            .setRequestId("change-of-words")
            .clearVariation()
            .setN(2)
            .setInterpolation(
                Interpolation.newBuilder()
                    .setChange(Change.newBuilder().setFrom("a cat").setTo("a lion")))
            .build();

    ByteString kept = overGrpc(variation).get(0).getPng();
    Map<Integer, Image> walked = overGrpc(walk);

    assertThat(Png.largestDifference(kept, walked.get(0).getPng())).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(kept, walked.get(1).getPng())).isGreaterThan(2);
  }

  private static GenerationRequest.Builder shape(String id) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setModel(SHAPES)
        .setPrompt("a large red circle")
        .setSeed(7)
        .setDenoiser(SamplingSettings.newBuilder().setSteps(5));
  }

  @Test
  void anAutoregressivePriorTellsACodeAtATimeAndMakesTheSamePictureAgain() {
    GenerationRequest request =
        shape("coded").setAutoregressivePrior(true).setPriorCandidates(2).build();
    List<String> steps = new ArrayList<>();

    Image image =
        overGrpc(
                request,
                event -> {
                  if (event.getProgress().getStage() == Stage.PRIOR) {
                    steps.add(event.getProgress().getStep() + "/" + event.getProgress().getTotal());
                  }
                })
            .get(0);

    assertThat(steps).contains("1/48", "48/48");
    Image again = overGrpc(request.toBuilder().setRequestId("coded-again").build()).get(0);
    Image diffused = overGrpc(shape("diffused").build()).get(0);
    assertThat(Png.largestDifference(image.getPng(), again.getPng())).isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), diffused.getPng())).isGreaterThan(10);
  }

  @Test
  void noiseOnAPictureToBeEnlargedChangesItAsFarAsTheModelKnowsIt() {
    GenerationRequest.Builder request = shape("noised");
    request.addUpscalerBuilder().setNoiseLevel(150);

    Image noised = overGrpc(request.build()).get(0);

    Image plain = overGrpc(shape("noiseless").build()).get(0);
    assertThat(Png.largestDifference(noised.getPng(), plain.getPng())).isGreaterThan(10);
    request.setRequestId("too-noisy").getUpscalerBuilder(0).setNoiseLevel(251);
    assertThatThrownBy(() -> overGrpc(request.build()))
        .hasMessageContaining("noise_level is 251; this model knows 0 to 250");
  }

  @Test
  void aPictureIsMadeLargerByTheLastStageAlone() throws IOException {
    BufferedImage dark = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i += 2) {
      striped.setRGB(i % 16, i / 16, 0xffee11);
    }
    GenerationRequest request =
        GenerationRequest.newBuilder()
            .setRequestId("enlarge-dark")
            .setModel(MODEL)
            .setSeed(5)
            .setImage(png(dark))
            .setUpscale(true)
            .build();

    Image image = overGrpc(request).get(0);

    assertThat(image.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.UPSCALER);
    assertThat(image.getWidth()).isEqualTo(32);
    GenerationRequest again = request.toBuilder().setRequestId("enlarge-again").build();
    GenerationRequest other =
        request.toBuilder().setRequestId("enlarge-striped").setImage(png(striped)).build();
    assertThat(Png.largestDifference(image.getPng(), overGrpc(again).get(0).getPng()))
        .isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(other).get(0).getPng()))
        .isGreaterThan(10);
  }

  @Test
  void aPictureGoesOnFromWhereAnotherWasKept() {
    GenerationRequest first =
        request("kept", 5).setModel(LATENT).clearPrior().addKeep(Stage.TEXT_ENCODER).build();
    GenerationRequest unclip =
        request("kept-unclip", 5).addKeep(Stage.PRIOR).addKeep(Stage.DENOISER).build();
    ByteString picture = overGrpc(first).get(0).getPng();
    ByteString large = overGrpc(unclip).get(0).getPng();
    SamplingSettings quick = SamplingSettings.newBuilder().setSteps(3).build();

    Image rest = overGrpc(fork("rest", first, Stage.TEXT_ENCODER).build()).get(0);
    Image quicker =
        overGrpc(fork("quicker", first, Stage.TEXT_ENCODER).setDenoiser(quick).build()).get(0);
    Image reseeded =
        overGrpc(fork("reseeded", first, Stage.TEXT_ENCODER).setSeed(6).build()).get(0);

    assertThat(rest.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.DENOISER, Stage.UPSCALER);
    assertSamePixels(rest.getPng(), picture);
    GenerationRequest allQuick =
        first.toBuilder().setRequestId("all-quick").setDenoiser(quick).build();
    assertSamePixels(quicker.getPng(), overGrpc(allQuick).get(0).getPng());
    // The text encoder draws no random numbers, so that nothing of the first seed is left.
    GenerationRequest otherSeed = first.toBuilder().setRequestId("other-seed").setSeed(6).build();
    assertSamePixels(reseeded.getPng(), overGrpc(otherSeed).get(0).getPng());
    assertThat(Png.largestDifference(reseeded.getPng(), picture)).isGreaterThan(10);
    for (Stage stage : List.of(Stage.PRIOR, Stage.DENOISER)) {
      Image end = overGrpc(fork("end-" + stage, unclip, stage).build()).get(0);
      assertThat(end.getSeed()).isEqualTo(5);
      assertThat(Png.largestDifference(end.getPng(), large)).as("after %s", stage).isLessThan(3);
    }
  }

  private static GenerationRequest.Builder fork(String id, GenerationRequest first, Stage stage) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setFrom(Origin.newBuilder().setRequestId(first.getRequestId()).setStage(stage));
  }

  private static void assertSamePixels(ByteString one, ByteString other) {
    assertThat(Png.largestDifference(one, other)).isLessThanOrEqualTo(1);
  }

  @Test
  void theWayFromPictureToPictureBeginsAndEndsWithTheirVariations() throws IOException {
    BufferedImage dark = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    ByteString one = png(dark);
    ByteString other = png(striped);
    GenerationRequest variation =
        recorded("pipe-unclip-image-variation", 5, 5, 4)
            .setRequestId("one-end")
            .setImage(one)
            .setVariation(true)
            .build();
    GenerationRequest there =
        variation.toBuilder()
            .setRequestId("there")
            .clearVariation()
            .setN(3)
            .setInterpolation(Interpolation.newBuilder().setImage(other))
            .build();
    GenerationRequest back =
        there.toBuilder()
            .setRequestId("back")
            .setImage(other)
            .setInterpolation(Interpolation.newBuilder().setImage(one))
            .build();

    Map<Integer, Image> frames = overGrpc(there);
    Map<Integer, Image> backwards = overGrpc(back);

    for (int i = 0; i < 3; i++) {
      assertThat(Png.largestDifference(frames.get(i).getPng(), backwards.get(2 - i).getPng()))
          .as("frame %d", i)
          .isLessThanOrEqualTo(2);
    }
    ByteString first = overGrpc(variation).get(0).getPng();
    ByteString last =
        overGrpc(variation.toBuilder().setRequestId("other-end").setImage(other).build())
            .get(0)
            .getPng();
    ByteString middle = frames.get(1).getPng();
    assertThat(Png.largestDifference(frames.get(0).getPng(), first)).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(frames.get(2).getPng(), last)).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(middle, first)).isGreaterThan(10);
    assertThat(Png.largestDifference(middle, last)).isGreaterThan(10);
  }

  private static ByteString png(BufferedImage image) throws IOException {
    ByteString.Output png = ByteString.newOutput();
    ImageIO.write(image, "png", png);
    return png.toByteString();
  }

  @Test
  void theSameRequestGivesTheSameBytesThroughEveryDoor() throws Exception {
    GenerationRequest overKafka = request("door-kafka", 11).setModel(LATENT).build();
    GenerationRequest asJson = request("door-json", 11).setModel(LATENT).build();
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS)) {
      // One after the other: in company a picture may differ by a rounding.
      write(Topics.REQUESTS, "k", overKafka.toByteArray(), null);
      List<GenerationResult> answers = new ArrayList<>(resultsOf(results, "door-kafka", 1));
      write(
          Topics.REQUESTS,
          null,
          JsonFormat.printer().print(asJson).getBytes(StandardCharsets.UTF_8),
          RecordHeaders.JSON);
      // What was asked in JSON is answered in JSON.
      ConsumerRecord<byte[], byte[]> json =
          results
              .await(1, PATIENCE, record -> result(record).getRequestId().equals("door-json"))
              .get(0);
      assertThat(new String(json.value(), StandardCharsets.UTF_8)).startsWith("{");
      answers.add(result(json));
      ByteString png = overGrpc(request("door-grpc", 11).setModel(LATENT).build()).get(0).getPng();

      assertThat(png.size()).isGreaterThan(100);
      assertThat(answers)
          .hasSize(2)
          .allSatisfy(
              answer -> {
                assertThat(answer.getImage().getPng()).isEqualTo(png);
                assertThat(answer.getImage().getTimingsList()).hasSize(3);
              });
    }
  }

  @Test
  void httpAnswersWithThePictureThatGrpcGives() throws Exception {
    GenerationRequest twin =
        request("http-twin", 5)
            .clearPrior()
            .setDenoiser(SamplingSettings.newBuilder().setSteps(3))
            .build();
    HttpResponse<String> answer =
        overHttp(
            """
            {"model": "%s", "prompt": "%s", "seed": 5, "steps": 3, "n": 1, "size": "32x32"}
            """
                .formatted(MODEL, twin.getPrompt()));

    assertThat(pictureIn(answer)).isEqualTo(overGrpc(twin).get(0).getPng());
  }

  private static ByteString pictureIn(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String base64 = answer.body().replaceAll("(?s).*\"b64_json\":\"([^\"]+)\".*", "$1");
    return ByteString.copyFrom(Base64.getDecoder().decode(base64));
  }

  @Test
  void httpTakesPicturesAndSettingsAsGrpcDoes() throws Exception {
    GenerationRequest request =
        request("http-image", 5)
            .setModel(LATENT)
            .setImage(png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)))
            .setStrength(0.6)
            .setDenoiser(
                SamplingSettings.newBuilder().setSteps(5).setSampler("DDIMScheduler").setEta(0.5))
            .build();

    HttpResponse<String> answer = overHttp(JsonFormat.printer().print(request));

    assertThat(answer.body()).contains("\"id\":\"http-image\"");
    GenerationRequest twin = request.toBuilder().setRequestId("http-image-twin").build();
    assertThat(pictureIn(answer)).isEqualTo(overGrpc(twin).get(0).getPng());
  }

  @Test
  void twentyMixedRequestsAtOnceAllGetTheirOwnPictures() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(10);
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS)) {
      List<Future<Map<Integer, Image>>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        GenerationRequest mixed = mixedRequest("mixed-grpc-" + i, i);
        calls.add(callers.submit(() -> overGrpc(mixed)));
        GenerationRequest other = mixedRequest("mixed-kafka-" + i, i);
        boolean json = i % 2 == 0;
        write(
            Topics.REQUESTS,
            null,
            json
                ? JsonFormat.printer().print(other).getBytes(StandardCharsets.UTF_8)
                : other.toByteArray(),
            json ? RecordHeaders.JSON : null);
      }
      for (int i = 0; i < 10; i++) {
        int images = mixedRequest("", i).getN();
        Map<Integer, Image> called = calls.get(i).get();
        assertThat(called).hasSize(images);
        Map<Integer, ByteString> read = new TreeMap<>();
        resultsOf(results, "mixed-kafka-" + i, images)
            .forEach(result -> read.put(result.getImageIndex(), result.getImage().getPng()));
        // Batched with other company at other times, yet at most a rounding apart. The tiny unCLIP
        // is random, and its first step at nearly no signal makes a rounding 20,000 times as large.
        int most = mixedRequest("", i).getModel().equals(MODEL) ? 32 : 1;
        called.forEach(
            (index, image) ->
                assertThat(Png.largestDifference(image.getPng(), read.get(index)))
                    .isLessThanOrEqualTo(most));
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private static GenerationRequest mixedRequest(String id, int i) {
    return request(id, 100L + i)
        .setModel(i % 2 == 0 ? MODEL : LATENT)
        .setPrompt("picture number " + i)
        .setNegativePrompt(i % 3 == 0 ? "blur" : "")
        .setN(1 + i / 2 % 2)
        .setPrior(SamplingSettings.newBuilder().setSteps(2 + i % 4).setGuidanceScale(1 + i % 3))
        .setDenoiser(SamplingSettings.newBuilder().setSteps(3 + i).setGuidanceScale(i))
        .build();
  }

  /** How a service ends while it has work. */
  enum End {
    /** SIGKILL. */
    KILLED,
    /** SIGTERM. */
    STOPPED
  }

  @ParameterizedTest
  @EnumSource
  void everyPictureIsDeliveredOnceThoughTheDenoiserEndsOverIt(End end) throws Exception {
    int stepsBefore = 25;
    Map<String, List<Integer>> steps = new ConcurrentHashMap<>();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String id = "survivor-%s-%d".formatted(end, i);
      steps.put(id, new CopyOnWriteArrayList<>());
      requests.add(
          request(id, 40 + i)
              .setModel(LATENT)
              .setDenoiser(SamplingSettings.newBuilder().setSteps(300))
              .build());
    }
    CountDownLatch underWay = new CountDownLatch(requests.size());
    Set<String> wellBegun = ConcurrentHashMap.newKeySet();
    ExecutorService callers = Executors.newFixedThreadPool(requests.size());
    try {
      List<Future<Map<Integer, Image>>> calls = new ArrayList<>();
      for (GenerationRequest request : requests) {
        Consumer<GenerationEvent> listener =
            event -> {
              if (event.getProgress().getStage() == Stage.DENOISER) {
                steps.get(request.getRequestId()).add(event.getProgress().getStep());
                // Not every step is told.
                if (event.getProgress().getStep() >= stepsBefore
                    && wellBegun.add(request.getRequestId())) {
                  underWay.countDown();
                }
              }
            };
        calls.add(callers.submit(() -> overGrpc(request, listener)));
      }
      assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();

      if (end == End.KILLED) {
        instance.kill(Service.DENOISER);
        assertThat(calls).noneMatch(Future::isDone);
      }
      instance.restart(Service.DENOISER);

      for (int i = 0; i < requests.size(); i++) {
        Map<Integer, Image> images = calls.get(i).get(90, TimeUnit.SECONDS);
        assertThat(images).hasSize(1);
        ByteString undisturbed =
            overGrpc(requests.get(i).toBuilder().setRequestId(end + "-undisturbed-" + i).build())
                .get(0)
                .getPng();
        assertThat(Png.largestDifference(images.get(0).getPng(), undisturbed))
            .isLessThanOrEqualTo(1);
      }
      for (List<Integer> made : steps.values()) {
        if (end == End.STOPPED) {
          assertThat(made).as("no step is made twice").doesNotHaveDuplicates();
        } else {
          assertThat(made).as("nobody begins again").containsOnlyOnce(1);
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }

  // ---- who asks, and whether it was asked before

  @Test
  void twoTenantsAndDoorsWithOneLabelGetTheirOwnPictures() throws Exception {
    GenerationRequest one = request("one-label", 21).setModel(LATENT).setTenant("us").build();
    GenerationRequest other = request("one-label", 22).setModel(LATENT).setTenant("them").build();
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS)) {
      ExecutorService callers = Executors.newFixedThreadPool(1);
      Future<Map<Integer, Image>> overGrpc = callers.submit(() -> overGrpc(one));
      write(Topics.REQUESTS, "k", other.toByteArray(), null);
      List<GenerationResult> both = resultsOf(results, "one-label", 2);

      assertThat(overGrpc.get(60, TimeUnit.SECONDS).get(0).getSeed()).isEqualTo(21);
      assertThat(both)
          .extracting(result -> result.getTenant() + " " + result.getImage().getSeed())
          .containsExactlyInAnyOrder("us 21", "them 22");
      callers.shutdown();
    }
  }

  @Test
  void theSameAgainIsAnsweredFromWhatIsKeptAndSomethingElseIsRefused() throws Exception {
    GenerationRequest request = request("asked-twice", 23).setModel(LATENT).build();
    ByteString first = overGrpc(request).get(0).getPng();
    List<GenerationEvent> news = new ArrayList<>();

    assertThat(overGrpc(request, news::add).get(0).getPng()).isEqualTo(first);

    assertThat(news).noneMatch(GenerationEvent::hasProgress);
    GenerationRequest different = request.toBuilder().setSeed(24).build();
    assertThatThrownBy(() -> overGrpc(different))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS));
    assertThat(overHttp(JsonFormat.printer().print(different)).statusCode()).isEqualTo(409);
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS)) {
      write(Topics.REQUESTS, "k", different.toByteArray(), null);
      assertThat(resultsOf(results, "asked-twice", 1).get(0).getError().getCode())
          .isEqualTo(ErrorCode.ALREADY_EXISTS);
      write(Topics.REQUESTS, "k", request.toByteArray(), null);
      assertThat(resultsOf(results, "asked-twice", 2).get(1).getImage().getPng()).isEqualTo(first);
    }
  }

  @Test
  void aLabelThatWasCancelledCanBeUsedAgain() {
    GenerationRequest endless =
        request("cancelled-once", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .build();
    CancelRequest cancel = CancelRequest.newBuilder().setRequestId("cancelled-once").build();
    assertThatThrownBy(
            () ->
                overGrpc(
                    endless,
                    event -> {
                      if (event.hasProgress()) {
                        ImageGenerationGrpc.newBlockingStub(channel).cancel(cancel);
                      }
                    }))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(overGrpc(request("cancelled-once", 1).build())).hasSize(1);
  }

  // ---- ends before the picture

  @Test
  void cancelEndsARequestThatIsUnderWay() {
    GenerationRequest endless =
        request("endless", 1).setDenoiser(SamplingSettings.newBuilder().setSteps(1000)).build();
    ImageGenerationGrpc.ImageGenerationBlockingStub stub =
        ImageGenerationGrpc.newBlockingStub(channel);

    assertThatThrownBy(
            () ->
                overGrpc(
                    endless,
                    event -> {
                      if (event.getProgress().getStage() == Stage.DENOISER
                          && event.getProgress().getStep() == 3) {
                        stub.cancel(CancelRequest.newBuilder().setRequestId("endless").build());
                      }
                    }))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED));
  }

  @Test
  void anHttpRequestEndsWithItsConnectionIfItSaysSo() throws Exception {
    GenerationRequest endless =
        request("hung-up", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .setCancelOnDisconnect(true)
            .build();
    String body = JsonFormat.printer().print(endless);
    URI gateway = URI.create("http://" + address.http());
    try (TopicReader events = new TopicReader(address.kafka(), Topics.EVENTS);
        TopicReader control = new TopicReader(address.kafka(), Topics.CONTROL);
        Socket client = new Socket(gateway.getHost(), gateway.getPort())) {
      client
          .getOutputStream()
          .write(
              """
              POST /v1/images/generations HTTP/1.1\r
              host: sluice\r
              content-length: %d\r
              \r
              %s"""
                  .formatted(body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] work =
          events
              .await(1, PATIENCE, record -> event(record).getRequestId().equals("hung-up"))
              .get(0)
              .key();

      client.close();

      control.await(1, PATIENCE, record -> Arrays.equals(record.key(), work));
    }
  }

  private static GenerationEvent event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return GenerationEvent.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      return GenerationEvent.getDefaultInstance();
    }
  }

  @Test
  void aTimeoutEndsARequestAtItsDeadline() {
    GenerationRequest slow =
        request("slow", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .setTimeout(Durations.fromMillis(500))
            .build();

    assertThatThrownBy(() -> overGrpc(slow))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
  }

  // ---- bad input

  static Stream<GenerationRequest> badRequests() {
    SamplingSettings nan = SamplingSettings.newBuilder().setGuidanceScale(Double.NaN).build();
    return Stream.of(
        request("bad-empty", 1).setPrompt("").build(),
        request("bad-long", 1).setPrompt("x".repeat(10_000)).build(),
        request("bad-model", 1).setModel("none-such").build(),
        request("bad-size", 1).setWidth(33).setHeight(32).build(),
        request("bad-steps-0", 1).setDenoiser(SamplingSettings.newBuilder().setSteps(0)).build(),
        request("bad-steps-huge", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1_000_000))
            .build(),
        request("bad-scale", 1).setPrior(nan).build(),
        request("bad-seed", -1).build(),
        request("bad-seed-huge", Long.MAX_VALUE).setN(2).build());
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aBadRequestIsRefusedAtOnceOverGrpc(GenerationRequest bad) {
    boolean unknownModel = bad.getRequestId().equals("bad-model");

    assertThatThrownBy(() -> overGrpc(bad))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode())
                  .isEqualTo(unknownModel ? Status.Code.NOT_FOUND : Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).hasSizeGreaterThan(10);
            });
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aBadRecordIsAnsweredAndKeptWithItsReason(GenerationRequest bad) {
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS);
        TopicReader letters =
            new TopicReader(address.kafka(), Topics.deadLetters(Topics.REQUESTS))) {
      write(Topics.REQUESTS, null, bad.toByteArray(), null);

      GenerationResult answer = resultsOf(results, bad.getRequestId(), 1).get(0);
      assertThat(answer.getWholeRequest()).isTrue();
      assertThat(answer.getError().getCode())
          .isIn(ErrorCode.INVALID_ARGUMENT, ErrorCode.MODEL_NOT_FOUND);
      assertThat(answer.getError().getField()).isNotEmpty();
      ConsumerRecord<byte[], byte[]> letter = letters.await(1, PATIENCE, any -> true).get(0);
      assertThat(letter.value()).isEqualTo(bad.toByteArray());
      assertThat(TopicReader.header(letter, RecordHeaders.ERROR))
          .isEqualTo(answer.getError().getMessage());
    }
  }

  @Test
  void badHttpBodiesGetA400ThatNamesTheField() throws Exception {
    Map<String, String> bodies =
        Map.of(
            "{\"model\":\"pipe-unclip\",\"prompt\":\"\"}", "\"field\":\"prompt\"",
            "{\"prompt\":\"x\",\"seed\":1e30}", "\"field\":\"seed\"",
            "{\"prompt\":\"x\",\"upscaler\":[{\"stepz\":1}]}", "\"field\":\"upscaler[0].stepz\"",
            "{\"prompt\":\"x\",\"guidance_scale\":NaN}", "\"field\":\"denoiser.guidance_scale\"",
            "not json", "\"code\":\"invalid_argument\"");
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      HttpResponse<String> answer = overHttp(body.getKey());

      assertThat(answer.statusCode()).as(body.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains(body.getValue());
      assertThat(answer.headers().firstValue("content-type").orElse("")).contains("json");
    }
    assertThat(overHttp("{\"prompt\":\"x\",\"model\":\"none-such\"}").statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> raw(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address.http() + path));
  }

  @Test
  void httpRefusesInJsonWhateverIsWrong() throws Exception {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{}");
    Map<Integer, HttpRequest.Builder> requests =
        Map.of(
            403, at("/v1/images/generations").header("origin", "https://evil.example").POST(body),
            404, at("/v1/none").GET(),
            405, at("/v1/images/generations").GET(),
            406, at("/v1/images/generations").header("accept", "text/html").POST(body),
            415,
                at("/v1/images/generations")
                    .header("content-type", "multipart/form-data; boundary=x")
                    .POST(body));
    for (Map.Entry<Integer, HttpRequest.Builder> request : requests.entrySet()) {
      HttpResponse<String> answer = raw(request.getValue());

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(request.getKey());
      assertThat(answer.body()).startsWith("{\"error\":{").contains("\"message\":\"");
    }
  }

  /** By its announced length: no client sends all of a body that is refused. */
  @Test
  void httpRefusesABodyThatIsTooLargeWithTheLimit() throws Exception {
    URI server = URI.create("http://" + address.http());
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/images/generations HTTP/1.1\r\nHost: "
                      + address.http()
                      + "\r\nContent-Length: 67108864\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));

      // The connection stays open, for the body that will not come.
      socket.setSoTimeout((int) PATIENCE.toMillis());
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4096];
      while (answer.indexOf("25165824 bytes") < 0) {
        int read = socket.getInputStream().read(part);
        assertThat(read).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }

      assertThat(answer.toString())
          .startsWith("HTTP/1.1 413")
          .contains("body_too_large", "25165824 bytes");
    }
  }

  /** In chunks that announce no length, by what has come. */
  @Test
  void httpRefusesABodyThatTurnsOutTooLargeWithTheLimit() throws Exception {
    URI server = URI.create("http://" + address.http());
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) ' ');
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      OutputStream body = socket.getOutputStream();
      body.write(
          ("POST /v1/images/generations HTTP/1.1\r\nHost: "
                  + address.http()
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 24; i++) {
        body.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
        body.write(chunk);
        body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      body.write("1\r\n \r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      socket.setSoTimeout((int) PATIENCE.toMillis());
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4096];
      while (answer.indexOf("25165824 bytes") < 0) {
        int read = socket.getInputStream().read(part);
        assertThat(read).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }

      assertThat(answer.toString())
          .startsWith("HTTP/1.1 413")
          .contains("body_too_large", "25165824 bytes");
    }
  }

  @Test
  void jsonIsTheSameOnKafkaWithAnyHeaderOrNone() {
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS)) {
      String asked =
          "{\"requestId\": \"%s\", \"prompt\": \"a cat\", \"model\": \"pipe-sd\", \"steps\": 2.0,"
              + " \"size\": \"%s\", \"negative_prompt\": \"a dog\", \"guidance_scale\": 1}";
      byte[] good = asked.formatted("any-none", "64x64").getBytes(StandardCharsets.UTF_8);
      byte[] wrong = asked.formatted("any-upper", "63x64").getBytes(StandardCharsets.UTF_8);
      byte[] torn = "{\"requestId\": \"any-torn\", ".getBytes(StandardCharsets.UTF_8);
      write(Topics.REQUESTS, null, good, null);
      write(Topics.REQUESTS, null, wrong, "Application/JSON; charset=utf-8");
      write(Topics.REQUESTS, null, torn, null);

      List<ConsumerRecord<byte[], byte[]>> answers =
          results.await(3, PATIENCE, record -> result(record).getRequestId().startsWith("any-"));

      assertThat(answers)
          .allSatisfy(
              answer ->
                  assertThat(new String(answer.value(), StandardCharsets.UTF_8)).startsWith("{"));
      assertThat(answers)
          .extracting(answer -> result(answer).getRequestId())
          .containsExactlyInAnyOrder("any-none", "any-upper", "any-torn");
      assertThat(answers)
          .anySatisfy(
              answer ->
                  assertThat(result(answer).getImage().getWarningsList())
                      .anyMatch(warning -> warning.contains("negative prompt")))
          .anySatisfy(
              answer -> assertThat(result(answer).getError().getField()).isEqualTo("width"));
    }
  }

  static Stream<String> workTopics() {
    return Stream.concat(
        Stream.of(Topics.REQUESTS),
        Stream.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER)
            .map(Topics::tasks));
  }

  @ParameterizedTest
  @MethodSource("workTopics")
  void garbageOnAWorkTopicBecomesADeadLetterAndTheWorkerGoesOn(String topic) {
    try (TopicReader letters = new TopicReader(address.kafka(), Topics.deadLetters(topic))) {
      byte[] garbage = {(byte) 0xff, 1, 2, 3, (byte) 0x80};
      write(topic, "garbage", garbage, null);
      write(topic, null, null, null);
      write(topic, "empty", new byte[0], null);

      List<ConsumerRecord<byte[], byte[]>> dead = letters.await(3, PATIENCE, any -> true);

      assertThat(dead)
          .allSatisfy(
              letter -> assertThat(TopicReader.header(letter, RecordHeaders.ERROR)).isNotBlank());
      assertThat(dead).anySatisfy(letter -> assertThat(letter.value()).isEqualTo(garbage));
    }
    assertThat(overGrpc(request("after-garbage-" + topic, 3).build())).hasSize(1);
  }

  @Test
  void garbageOnTheTopicsThatAllReadChangesNothing() {
    for (String topic : List.of(Topics.RESULTS, Topics.EVENTS, Topics.CONTROL)) {
      write(topic, "garbage", new byte[] {(byte) 0xff, 1, 2, 3}, null);
      write(topic, null, null, null);
    }

    assertThat(overGrpc(request("after-noise", 3).build())).hasSize(1);
  }

  @Test
  void aTensorWhoseShapeDisagreesWithItsBytesIsAnErrorOfItsPicture() {
    Message task =
        Task.newBuilder()
            .setStep(
                RouteStep.newBuilder()
                    .setStage(Stage.PRIOR)
                    .setPrior(PriorParameters.getDefaultInstance()))
            .setHeader(
                TaskHeader.newBuilder()
                    .setRequestId("bad-tensor")
                    .setWorkId("bad-tensor")
                    .setImageId("bad-tensor/0")
                    .setModel(MODEL))
            .putInputs(
                "text_embeds",
                Tensor.newBuilder()
                    .setDataType(DataType.FLOAT32)
                    .addShape(1)
                    .addShape(16)
                    .setData(ByteString.copyFrom(new byte[12]))
                    .build())
            .addRoute(
                RouteStep.newBuilder()
                    .setStage(Stage.UPSCALER)
                    .setTopic(Topics.tasks(Stage.UPSCALER))
                    .setUpscaler(UpscalerParameters.getDefaultInstance()))
            .build();
    String topic = Topics.tasks(Stage.PRIOR);
    try (TopicReader results = new TopicReader(address.kafka(), Topics.RESULTS);
        TopicReader letters = new TopicReader(address.kafka(), Topics.deadLetters(topic))) {
      write(topic, "bad-tensor/0", task.toByteArray(), null);

      GenerationResult answer = resultsOf(results, "bad-tensor", 1).get(0);
      assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(answer.getError().getMessage()).contains("text_embeds", "64", "12");
      assertThat(letters.await(1, PATIENCE, any -> true)).hasSize(1);
    }
  }
}
