package dev.sluice.launcher;

import dev.sluice.client.SluiceException;
import dev.sluice.launcher.care.CompletionCommand;
import dev.sluice.launcher.care.DeadLettersCommand;
import dev.sluice.launcher.care.DoctorCommand;
import dev.sluice.launcher.care.StatusCommand;
import dev.sluice.launcher.command.EditCommand;
import dev.sluice.launcher.command.GenerateCommand;
import dev.sluice.launcher.command.InterpolateCommand;
import dev.sluice.launcher.command.ModelsCommand;
import dev.sluice.launcher.command.ParityCommand;
import dev.sluice.launcher.command.ReplayCommand;
import dev.sluice.launcher.command.TextDiffCommand;
import dev.sluice.launcher.command.UpCommand;
import dev.sluice.launcher.command.UpscaleCommand;
import dev.sluice.launcher.command.VariationsCommand;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.trainer.TrainCommand;
import dev.sluice.trainer.distill.DistillCommand;
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
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "1:not done, or not all of it; the reason is on standard error",
      "2:called wrongly",
      "3:nothing is up (status)"
    },
    subcommands = {
      GenerateCommand.class,
      VariationsCommand.class,
      InterpolateCommand.class,
      TextDiffCommand.class,
      EditCommand.class,
      UpscaleCommand.class,
      ReplayCommand.class,
      UpCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      DeadLettersCommand.class,
      TrainCommand.class,
      DistillCommand.class,
      EvaluateCommand.class,
      LineageCommand.class,
      ParityCommand.class,
      ModelsCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Sluice {

  private Sluice() {}

  /** Runs one command and exits with its status, as {@code --help} lists them. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Sluice());
    commandLine.setExecutionExceptionHandler(
        (exception, failed, parsed) -> {
          if (exception instanceof LaunchException || exception instanceof SluiceException) {
            failed.getErr().println("sluice: " + exception.getMessage());
          } else {
            exception.printStackTrace(failed.getErr());
          }
          return failed.getCommandSpec().exitCodeOnExecutionException();
        });
    return commandLine;
  }
}
