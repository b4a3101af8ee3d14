package dev.sluice.launcher.command;

import dev.sluice.parity.Parity;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice parity}: recordings of the reference implementations, run again here. */
@Command(
    name = "parity",
    mixinStandardHelpOptions = true,
    description = {
      "Run recordings of diffusers, transformers and PyTorch, and say how near each output comes.",
      "Exits with 1 if an output is off by more than its recording allows."
    })
public final class ParityCommand implements Callable<Integer> {

  /** Held, because a logger that nobody holds forgets its level. */
  private static final Logger TOKENIZERS = Logger.getLogger("ai.djl");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "PACK_DIR",
      description = "A recording's folder, or one that holds recordings at any depth.")
  private List<Path> folders;

  @Override
  public Integer call() throws InterruptedException {
    // They report at length which native library they chose.
    TOKENIZERS.setLevel(Level.SEVERE);
    return Parity.run(folders, spec.commandLine().getOut()) ? 0 : 1;
  }
}
