package dev.sluice.launcher.command;

import dev.sluice.contract.v1.GenerationRequest;
import picocli.CommandLine.Option;

/** What stays as it is in pictures made from others. */
final class StructureArguments {

  @Option(
      names = "--keep-structure",
      description = "Variations and ways between pictures keep the layout of the pictures given.")
  private boolean keep;

  void apply(GenerationRequest.Builder request) {
    request.setKeepStructure(keep);
  }
}
