package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.launcher.instance.RunningInstance;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice up --scale}: a stage from nothing to three replicas and back, over real work. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ScalingIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));
  private static final int BURST = 40;
  private static final long POLL_MILLIS = 100;

  /** As the one that ships, in seconds where that has minutes. */
  private static final String QUICK =
      """
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: denoiser}
      spec:
        scaleTargetRef: {name: denoiser}
        pollingInterval: 1
        cooldownPeriod: 4
        minReplicaCount: 0
        maxReplicaCount: 8
        fallback: {failureThreshold: 3, replicas: 1, behavior: currentReplicasIfHigher}
        advanced:
          horizontalPodAutoscalerConfig:
            behavior:
              scaleUp:
                stabilizationWindowSeconds: 0
                selectPolicy: Max
                policies: [{type: Pods, value: 2, periodSeconds: 10}]
              scaleDown:
                stabilizationWindowSeconds: 0
                selectPolicy: Max
                policies: [{type: Pods, value: 1, periodSeconds: 10}]
        triggers:
          - type: external
            metricType: AverageValue
            metadata: {stage: denoiser, secondsPerReplica: "4"}
      """;

  private static final Pattern LOST =
      Pattern.compile("The lock of \\S+ was lost|could not be acknowledged and will come again");

  @TempDir private Path folder;
  private Process up;

  @AfterEach
  void stop() throws Exception {
    up.destroy();
    up.waitFor();
  }

  @Test
  void aBurstWakesTheStage_growsItToThree_andItSleepsAgain() throws Exception {
    Path said = folder.resolve("up.txt");
    Path models = TinyModel.install("pipe-sd", folder.resolve("models")).getParent();
    ProcessBuilder builder =
        new ProcessBuilder(
            HOME.resolve("sluice").toString(),
            "up",
            "--any-ports",
            "--models",
            models.toString(),
            "--scale",
            "denoiser=0..3",
            "--scaled-objects",
            Files.writeString(folder.resolve("quick.yaml"), QUICK).toString());
    builder.environment().put("SLUICE_STATE", folder.resolve("state").toString());
    up = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    await(said, "Press Ctrl-C");
    RunningInstance instance = RunningInstance.find(folder.resolve("state")).orElseThrow();
    assertThat(instance.services()).containsKey("scaler").doesNotContainKey("denoiser");

    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(instance.grpc()).usePlaintext().build();
    ExecutorService callers = Executors.newFixedThreadPool(BURST);
    long repeated = 0;
    try {
      List<Future<List<Integer>>> calls = new ArrayList<>();
      for (int picture = 0; picture < BURST; picture++) {
        int seed = picture;
        calls.add(callers.submit(() -> stepsOf(channel, seed)));
      }
      for (Future<List<Integer>> call : calls) {
        List<Integer> steps = call.get(5, TimeUnit.MINUTES);
        assertThat(steps).isNotEmpty();
        repeated += Set.copyOf(steps).size() < steps.size() ? 1 : 0;
      }
    } finally {
      callers.shutdownNow();
      channel.shutdownNow();
    }
    await(said, "-> 0 replicas");

    assertThat(Files.readString(said))
        .contains("denoiser 0 -> 1 replicas", "-> 3 replicas")
        .doesNotContain("ended with status", "\tat ");
    Path logs = folder.resolve("state/up/logs");
    assertThat(Files.readString(logs.resolve("scaling-denoiser.csv"))).contains(",3,0\n");
    assertThat(ImageIO.read(logs.resolve("scaling-denoiser.png").toFile()).getWidth())
        .isGreaterThan(100);
    assertThat(repeated)
        .as("pictures of which a step was made twice, though nobody lost a lock")
        .isLessThanOrEqualTo(locksLost(logs));
    // They hand over what they have before they end.
    await(logs.resolve("denoiser-3.log"), "stopped in");
  }

  /** On a machine that leaves a worker no time for longer than a lock lasts. */
  private static long locksLost(Path logs) throws IOException {
    long lost = 0;
    try (DirectoryStream<Path> workers = Files.newDirectoryStream(logs, "denoiser*.log")) {
      for (Path log : workers) {
        try (Stream<String> lines = Files.lines(log)) {
          lost += lines.filter(line -> LOST.matcher(line).find()).count();
        }
      }
    }
    return lost;
  }

  /** Makes a picture; the steps of the denoiser that were told of meanwhile. */
  private static List<Integer> stepsOf(ManagedChannel channel, int seed) {
    Iterator<GenerationEvent> events =
        ImageGenerationGrpc.newBlockingStub(channel)
            .generate(
                GenerationRequest.newBuilder()
                    .setRequestId("burst-" + seed)
                    .setPrompt("a horse")
                    .setSeed(seed)
                    .setDenoiser(SamplingSettings.newBuilder().setSteps(200))
                    .build());
    List<Integer> steps = new ArrayList<>();
    boolean made = false;
    while (events.hasNext()) {
      GenerationEvent event = events.next();
      assertThat(event.getError().getMessage()).isEmpty();
      made |= event.hasImage();
      if (event.getProgress().getStage() == Stage.DENOISER) {
        steps.add(event.getProgress().getStep());
      }
    }
    assertThat(made).isTrue();
    return steps;
  }

  private void await(Path said, String sentence) throws Exception {
    while (!Files.readString(said).contains(sentence)) {
      assertThat(up.isAlive()).as(Files.readString(said)).isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }
}
