package dev.sluice.launcher.command;

import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.PortChoice;
import dev.sluice.launcher.instance.Processes;
import dev.sluice.launcher.instance.RunFolder;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ServedModels;
import dev.sluice.launcher.scaling.ScaleArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice up}: an instance that stays until Ctrl-C. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Start the broker and the services, print their addresses, stay until Ctrl-C.")
public final class UpCommand implements Callable<Integer> {

  private static final long WATCH_MILLIS = 1_000;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder that holds the model folders (default: the models that ship).")
  private Path models;

  @Option(
      names = "--any-ports",
      description = "Listen on ports that are free, not on the usual ones: for tests, say.")
  private boolean anyPorts;

  @Option(
      names = "--together",
      description = {
        "Run all services in one process: it starts in less time and takes less memory,",
        "and what ends one of them ends all. For models that fit into memory side by side."
      })
  private boolean together;

  @Mixin private ScaleArguments scaling;

  @Override
  public Integer call() throws InterruptedException, IOException {
    SluiceHome home = SluiceHome.locate();
    RunningInstance.find(home.state())
        .ifPresent(
            running -> {
              throw new LaunchException(
                  "An instance is already running (process %d, gRPC %s). Stop it with Ctrl-C there, or give this one a state folder of its own with SLUICE_STATE."
                      .formatted(running.pid(), running.grpc()));
            });
    StartReport report = new StartReport(System.err);
    PortChoice ports = anyPorts ? PortChoice.ANY : PortChoice.USUAL;
    Path folder = models == null ? home.models() : models.toAbsolutePath().normalize();
    requireModels(folder);
    Processes processes = processes(home);
    try (RunFolder run = RunFolder.lasting(home.state())) {
      // What is wrong with a model is found from its files, beside the start that takes longer.
      CompletableFuture<Void> told =
          CompletableFuture.runAsync(() -> ServedModels.of(folder, run.verdicts()).printTo(report));
      try (LocalInstance instance =
          LocalInstance.start(home, run, processes, ports, folder, List.of(), report)) {
        told.join();
        RunningInstance address = instance.address();
        address.publish(home.state());
        System.out.printf(
            "gRPC   %s%nHTTP   http://%s%nKafka  %s%nLogs   %s%nPress Ctrl-C to stop.%n",
            address.grpc(), address.http(), address.kafka(), run.logs());
        try {
          while (true) {
            instance.watch();
            Thread.sleep(WATCH_MILLIS);
          }
        } finally {
          RunningInstance.withdraw(home.state());
        }
      }
    }
  }

  private Processes processes(SluiceHome home) {
    if (!scaling.isGiven()) {
      return together ? Processes.TOGETHER : Processes.APART;
    }
    if (together) {
      throw new LaunchException(
          "--scale gives stages processes of their own, and --together has one for all; leave one of them out");
    }
    return Processes.scaled(scaling.stages(home.scaledObjects()));
  }

  private static void requireModels(Path folder) {
    if (Files.isRegularFile(folder.resolve("model_index.json"))) {
      throw new LaunchException(
          "%s is a model; --models takes the folder that holds it, %s"
              .formatted(folder, folder.getParent()));
    }
    if (!Files.isDirectory(folder)) {
      throw new LaunchException(
          "There is no folder " + folder + "; expected one that holds a folder for each model.");
    }
  }
}
