package dev.sluice.launcher.command;

import dev.sluice.client.Failure.Reason;
import dev.sluice.client.SluiceClient;
import dev.sluice.client.SluiceException;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.client.GatewayAccess;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.instance.SluiceHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** All requests of a file, some at once, without those whose pictures are there. */
final class FileWork {

  private final PictureArguments arguments;
  private final Path file;
  private final int atOnce;
  private int told;
  private boolean allThere = true;

  FileWork(PictureArguments arguments, Path file, int atOnce) {
    if (atOnce < 1) {
      throw new LaunchException("--at-once is %d; expected 1 or more".formatted(atOnce));
    }
    this.arguments = arguments;
    this.file = file;
    this.atOnce = atOnce;
  }

  /**
   * Makes what is missing.
   *
   * @param defaults what lines do not say
   * @return the command's exit status: 0 if all pictures are there
   */
  int make(GenerationRequest.Builder defaults) throws IOException {
    List<AskedLine> lines = AskedLine.read(file, defaults.build(), arguments.out());
    MadeBefore made = new MadeBefore(arguments.out());
    List<AskedLine> missing = lines.stream().filter(line -> !made.holds(line)).toList();
    if (missing.size() < lines.size()) {
      System.err.printf(
          "sluice: %d of %d lines were made before%n", lines.size() - missing.size(), lines.size());
    }
    if (missing.isEmpty()) {
      return 0;
    }
    return GatewayAccess.use(
        SluiceHome.locate(),
        arguments.choice(),
        (client, startUp) -> {
          makeAll(client, missing, made);
          return allThere ? 0 : 1;
        });
  }

  private void makeAll(SluiceClient client, List<AskedLine> missing, MadeBefore made) {
    ExecutorService callers = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<?>> calls =
          missing.stream()
              .<Future<?>>map(
                  line -> callers.submit(() -> make(client, line, made, missing.size())))
              .toList();
      for (Future<?> call : calls) {
        call.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted; the same command goes on where this one was.");
    } finally {
      callers.shutdownNow();
    }
  }

  private void make(SluiceClient client, AskedLine line, MadeBefore made, int of) {
    WrittenPictures pictures =
        new WrittenPictures(line.out(), line.request().getN(), arguments.fork(), null);
    String refusal = "";
    try {
      client.ask(line.request()).listener(pictures).start().await();
      if (pictures.areAllThere()) {
        made.add(line);
      }
    } catch (SluiceException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        throw e;
      }
      refusal = "line %d: %s".formatted(line.number(), e.getMessage());
    }
    tell(pictures, refusal, of);
  }

  private synchronized void tell(WrittenPictures pictures, String refusal, int of) {
    told++;
    allThere &= pictures.areAllThere() && refusal.isEmpty();
    pictures.warnings().forEach(warning -> System.err.println("Warning: " + warning));
    if (!refusal.isEmpty()) {
      System.err.println("sluice: " + refusal);
    }
    System.err.printf("%d/%d%n", told, of);
    System.out.print(arguments.json() ? pictures.json() : pictures.lines());
  }
}
