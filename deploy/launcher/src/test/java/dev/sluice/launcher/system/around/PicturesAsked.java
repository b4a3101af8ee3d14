package dev.sluice.launcher.system.around;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.SamplingSettings;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Requests for a picture each that go on beside a test, in which much happens to the services. */
public final class PicturesAsked implements AutoCloseable {

  private final int steps;
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final List<Future<Integer>> calls = new ArrayList<>();

  /**
   * None yet.
   *
   * @param steps denoising steps of each
   */
  public PicturesAsked(int steps) {
    this.steps = steps;
  }

  /** Asks for more, without waiting. */
  public void ask(ManagedChannel door, String name, int count) {
    for (int i = 0; i < count; i++) {
      GenerationRequest request =
          GenerationRequest.newBuilder()
              .setRequestId(name + "-" + i)
              .setPrompt("a horse")
              .setSeed(i)
              .setDenoiser(SamplingSettings.newBuilder().setSteps(steps))
              .build();
      calls.add(callers.submit(() -> pictures(door, request)));
    }
  }

  /** Waits until each has had its one picture. */
  public void await(Duration each) throws Exception {
    for (Future<Integer> call : calls) {
      assertThat(call.get(each.toSeconds(), TimeUnit.SECONDS))
          .as("pictures of a request")
          .isEqualTo(1);
    }
    calls.clear();
  }

  private static int pictures(ManagedChannel door, GenerationRequest request) {
    Iterator<GenerationEvent> events = ImageGenerationGrpc.newBlockingStub(door).generate(request);
    int pictures = 0;
    while (events.hasNext()) {
      GenerationEvent event = events.next();
      assertThat(event.getError().getMessage()).isEmpty();
      pictures += event.hasImage() ? 1 : 0;
    }
    return pictures;
  }

  @Override
  public void close() {
    callers.shutdownNow();
  }
}
