package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How much of a picture that is given is made anew, and where. */
final class PaintArguments {

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description = "As large as the picture given: white where it is to be painted anew.")
  private Path mask;

  @Option(
      names = "--strength",
      description = "0 to 1: how far a given picture is sent back towards noise.")
  private Double strength;

  void apply(GenerationRequest.Builder request) {
    set(mask, file -> request.setMask(GivenFile.read(file)));
    set(strength, request::setStrength);
  }
}
