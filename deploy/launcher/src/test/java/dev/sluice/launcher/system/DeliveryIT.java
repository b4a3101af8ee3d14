package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.launcher.instance.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every picture is delivered, in company and though a process ends over it. */
class DeliveryIT extends SystemTest {

  @Test
  void twentyMixedRequestsAtOnceAllGetTheirOwnPictures() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(10);
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS)) {
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

  /** What is made when nothing happens, by the seed: the same for all ends. */
  private static final Map<Long, ByteString> UNDISTURBED = new ConcurrentHashMap<>();

  private static ByteString undisturbed(GenerationRequest request) {
    String id = "undisturbed-" + request.getSeed();
    return UNDISTURBED.computeIfAbsent(
        request.getSeed(),
        seed -> overGrpc(request.toBuilder().setRequestId(id).build()).get(0).getPng());
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
        instance().kill(Service.DENOISER);
        assertThat(calls).noneMatch(Future::isDone);
      }
      instance().restart(Service.DENOISER);

      List<Map<Integer, Image>> made = new ArrayList<>();
      for (Future<Map<Integer, Image>> call : calls) {
        made.add(call.get(90, TimeUnit.SECONDS));
      }
      List<Future<ByteString>> expected = new ArrayList<>();
      for (GenerationRequest request : requests) {
        expected.add(callers.submit(() -> undisturbed(request)));
      }
      for (int i = 0; i < requests.size(); i++) {
        assertThat(made.get(i)).hasSize(1);
        assertThat(Png.largestDifference(made.get(i).get(0).getPng(), expected.get(i).get()))
            .isLessThanOrEqualTo(1);
      }
      for (List<Integer> told : steps.values()) {
        if (end == End.STOPPED) {
          assertThat(told).as("no step is made twice").doesNotHaveDuplicates();
        } else {
          assertThat(told).as("nobody begins again").containsOnlyOnce(1);
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }
}
