package dev.sluice.launcher;

import dev.sluice.launcher.command.GenerateCommand;
import dev.sluice.launcher.command.ModelsCommand;
import dev.sluice.launcher.command.ParityCommand;
import dev.sluice.launcher.command.ReplayCommand;
import dev.sluice.launcher.command.UpCommand;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.trainer.TrainCommand;
import dev.sluice.trainer.evaluate.EvaluateCommand;
import dev.sluice.trainer.lineage.LineageCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of Sluice: every subcommand hangs here. */
@Command(
    name = "sluice",
    mixinStandardHelpOptions = true,
    version = "Sluice 0.1.0",
    description = "Text to image as a pipeline of small services.",
    subcommands = {
      GenerateCommand.class,
      ReplayCommand.class,
      UpCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      LineageCommand.class,
      ParityCommand.class,
      ModelsCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Sluice {

  private Sluice() {}

  /** Runs one command and exits with its status: 0 done, 1 failed, 2 called wrongly. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Sluice());
    commandLine.setExecutionExceptionHandler(
        (exception, failed, parsed) -> {
          if (exception instanceof LaunchException) {
            failed.getErr().println("sluice: " + exception.getMessage());
          } else {
            exception.printStackTrace(failed.getErr());
          }
          return failed.getCommandSpec().exitCodeOnExecutionException();
        });
    return commandLine;
  }
}
