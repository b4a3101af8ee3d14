package dev.sluice.launcher.command;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.client.GatewayAccess;
import dev.sluice.launcher.client.GatewayClient;
import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.instance.SluiceHome;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** One request of a command: asked for, told of while it is worked on, its pictures written. */
final class PictureWork {

  private final PictureArguments arguments;

  PictureWork(PictureArguments arguments) {
    this.arguments = arguments;
  }

  /** Makes the pictures of a request; returns the command's exit status. */
  int make(GenerationRequest.Builder request) throws IOException {
    return make(gateway -> request.build());
  }

  /**
   * The same of a request that depends on what the gateway serves.
   *
   * @param request tells it
   */
  int make(Function<GatewayClient, GenerationRequest> request) throws IOException {
    return GatewayAccess.use(
        SluiceHome.locate(),
        arguments.choice(),
        (client, startUp) -> make(client, request.apply(client), startUp));
  }

  private int make(GatewayClient client, GenerationRequest request, Optional<Duration> startUp) {
    long started = System.nanoTime();
    ProgressDisplay display =
        new ProgressDisplay(System.err, Boolean.getBoolean("sluice.terminal"), request.getN());
    WrittenPictures pictures =
        new WrittenPictures(arguments.out(), request.getN(), arguments.fork());
    client.generate(
        request,
        event -> {
          show(event, display);
          pictures.take(event);
        });
    if (arguments.json()) {
      System.out.print(pictures.json());
    } else {
      pictures.warnings().forEach(warning -> System.err.println("Warning: " + warning));
      System.out.print(pictures.lines());
      System.out.println(
          "generated in "
              + ProgressDisplay.seconds(Duration.ofNanos(System.nanoTime() - started))
              + startUp
                  .map(time -> ", after " + ProgressDisplay.seconds(time) + " to start")
                  .orElse(""));
    }
    return pictures.areAllThere() ? 0 : 1;
  }

  private static void show(GenerationEvent event, ProgressDisplay display) {
    if (event.hasProgress()) {
      display.progress(
          Topics.name(event.getProgress().getStage()),
          Integer.toString(event.getImageIndex()),
          event.getProgress().getStep(),
          event.getProgress().getTotal(),
          System.nanoTime());
    } else if (event.hasLoading()) {
      display.loading(event.getLoading(), System.nanoTime());
    }
  }
}
