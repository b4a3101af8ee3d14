package dev.sluice.launcher.command;

import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice text-diff}: a picture changed by words for what differs. */
@Command(
    name = "text-diff",
    mixinStandardHelpOptions = true,
    description = {
      "Change what a picture shows by a change of words, and keep the rest of it.",
      "The pictures, --frames of them (default: 4), go from the one given along the change."
    })
public final class TextDiffCommand implements Callable<Integer> {

  private static final int FRAMES = 4;

  @Mixin private GivenFile image;

  @Parameters(index = "1", paramLabel = "FROM", description = "What it shows, such as \"a cat\".")
  private String from;

  @Parameters(
      index = "2",
      paramLabel = "TO",
      description = "What it shall show, such as \"a lion\".")
  private String to;

  @Mixin private PictureArguments pictures;

  @Override
  public Integer call() throws IOException {
    return new PictureWork(pictures).make(request());
  }

  GenerationRequest.Builder request() {
    GenerationRequest.Builder request = pictures.request(FRAMES).setImage(image.read());
    change(request, from, to);
    return request;
  }

  /** Asks for pictures along a change of words. */
  static void change(GenerationRequest.Builder request, String from, String to) {
    request.getInterpolationBuilder().setChange(Change.newBuilder().setFrom(from).setTo(to));
  }
}
