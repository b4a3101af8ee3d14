package dev.sluice.launcher.command;

import dev.sluice.client.SluiceClient;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.client.GatewayAccess;
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
  int make(Function<SluiceClient, GenerationRequest> request) throws IOException {
    return GatewayAccess.use(
        SluiceHome.locate(),
        arguments.choice(),
        (client, startUp) -> make(client, request.apply(client), startUp));
  }

  private int make(SluiceClient client, GenerationRequest request, Optional<Duration> startUp) {
    long started = System.nanoTime();
    WrittenPictures pictures =
        new WrittenPictures(
            arguments.out(),
            request.getN(),
            arguments.fork(),
            new ProgressDisplay(System.err, Boolean.getBoolean("sluice.terminal"), request.getN()));
    client.ask(request).listener(pictures).start().await();
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
}
