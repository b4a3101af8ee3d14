package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.blob.FolderBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class PayloadsLawsTest {

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("sluice-payloads");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 200)
  void fetch_bringsBackWhatStoreTookOut(
      @ForAll("outputs") Map<String, Tensor> outputs,
      @ForAll("images") ImageId image,
      @ForAll @IntRange(max = 300) int limit) {
    Payloads payloads = payloads(limit);

    Map<String, Tensor> stored = payloads.store(image, 1, Stage.PRIOR, outputs);

    assertThat(payloads.fetch(stored)).isEqualTo(outputs);
    stored.forEach(
        (name, tensor) ->
            assertThat(tensor.hasBlobKey())
                .as(name)
                .isEqualTo(outputs.get(name).getData().size() > limit));
  }

  @Property(tries = 100)
  void store_doesTheSameWhenItIsDoneAgain(
      @ForAll("outputs") Map<String, Tensor> outputs, @ForAll("images") ImageId image) {
    Payloads payloads = payloads(0);

    assertThat(payloads.store(image, 2, Stage.DENOISER, outputs))
        .isEqualTo(payloads.store(image, 2, Stage.DENOISER, outputs));
  }

  @Property(tries = 100)
  void store_neverUsesAKeyOfAnotherImageOrStage(
      @ForAll("outputs") Map<String, Tensor> outputs,
      @ForAll("images") ImageId image,
      @ForAll("images") ImageId other) {
    Payloads payloads = payloads(0);
    Set<String> keys = new HashSet<>();
    int blobs = 0;

    for (ImageId one : new HashSet<>(List.of(image, other))) {
      for (Stage stage : List.of(Stage.DENOISER, Stage.UPSCALER)) {
        for (int stagesBefore = 0; stagesBefore < 3; stagesBefore++) {
          Map<String, Tensor> stored = payloads.store(one, stagesBefore, stage, outputs);
          keys.addAll(stored.values().stream().map(Tensor::getBlobKey).toList());
          blobs += stored.size();
        }
      }
    }

    assertThat(keys).hasSize(blobs);
  }

  @Property(tries = 100)
  void fetch_refusesABlobOfAnotherSize(
      @ForAll("outputs") Map<String, Tensor> outputs, @ForAll("images") ImageId image) {
    Payloads payloads = payloads(0);
    Map<String, Tensor> longer =
        payloads.store(image, 1, Stage.PRIOR, outputs).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> entry.getValue().toBuilder().addShape(2).build()));

    assertThatThrownBy(() -> payloads.fetch(longer))
        .isInstanceOfSatisfying(
            InvalidTaskException.class, e -> assertThat(e.field()).startsWith("inputs."))
        .hasMessageContaining("bytes, the message holds");
  }

  @Property(tries = 100)
  void fetch_saysWhichBlobIsNotThere(@ForAll("images") ImageId image) {
    Tensor lost =
        TensorMessages.of(new float[1], 1).toBuilder()
            .setBlobKey("lost-" + image + "/sample")
            .build();

    assertThatThrownBy(() -> payloads(0).fetch(Map.of("sample", lost)))
        .isInstanceOfSatisfying(
            InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("inputs.sample"))
        .hasMessageContaining("lost-" + image + "/sample is not in the blob store");
  }

  @Property(tries = 100)
  void kept_isTheNextTaskWhereItsStepSaysSo(
      @ForAll("outputs") Map<String, Tensor> outputs,
      @ForAll("images") ImageId image,
      @ForAll("images") ImageId other) {
    Payloads payloads = payloads(0);
    TaskHeader header =
        TaskHeader.newBuilder()
            .setWorkId(image.workId())
            .setImageIndex(image.index())
            .setGeneratorState(ByteString.copyFromUtf8(image + " " + outputs.size()))
            .build();
    Map<String, Tensor> stored = payloads.store(image, 1, Stage.PRIOR, outputs);
    RouteStep unasked = RouteStep.newBuilder().setStage(Stage.UPSCALER).build();
    RouteStep asked = unasked.toBuilder().setKeepAs(Stage.DENOISER).build();
    Task next =
        Task.newBuilder()
            .setHeader(header)
            .setStep(asked)
            .putAllInputs(stored)
            .addRoute(unasked)
            .build();

    payloads.keep(next);
    payloads.keep(next.toBuilder().setStep(unasked).build());

    assertThat(payloads.kept(image, Stage.DENOISER)).contains(next);
    assertThat(payloads.kept(image, Stage.PRIOR)).isEmpty();
    ImageId never = new ImageId(other.workId(), other.index() + 100);
    assertThat(payloads.kept(never, Stage.DENOISER)).isEmpty();
  }

  private static Payloads payloads(int limit) {
    return new Payloads(new FolderBlobStore(folder), limit);
  }

  @Provide
  Arbitrary<Map<String, Tensor>> outputs() {
    Arbitrary<String> names = Arbitraries.of("sample", "image_embeds", "text_mask");
    Arbitrary<Tensor> tensors =
        Arbitraries.floats()
            .array(float[].class)
            .ofMinSize(1)
            .ofMaxSize(100)
            .map(values -> TensorMessages.of(values, 1, values.length));
    return Arbitraries.maps(names, tensors).ofMinSize(1);
  }

  /** Request ids as clients may choose them, those that mean something to a file system first. */
  @Provide
  Arbitrary<ImageId> images() {
    Arbitrary<String> requests =
        Arbitraries.oneOf(
            Arbitraries.of(".", "..", "-", ".hidden", "...", "r".repeat(128)),
            Arbitraries.strings().withChars("abzABZ019._-").ofMinLength(1).ofMaxLength(128));
    return Combinators.combine(requests, Arbitraries.integers().between(0, 15)).as(ImageId::new);
  }
}
