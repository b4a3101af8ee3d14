package dev.sluice.launcher.instance;

import dev.sluice.catalog.lora.LoraLibrary;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one instance writes: the broker's log, the blobs, the processes' logs. An instance that
 * stays up keeps its folder; one for a single command has a folder of its own, which is left behind
 * only when the command failed, for its logs, until a later command finds it.
 */
public final class RunFolder implements AutoCloseable {

  private static final String TEMPORARY = "runs";

  private final Path root;
  private boolean discarded;

  private RunFolder(Path root) {
    this.root = root;
    try {
      Files.createDirectories(logs());
      Files.createDirectories(blobs());
    } catch (IOException e) {
      throw new LaunchException("The folder " + root + " cannot be made: " + e.getMessage(), e);
    }
  }

  /** The folder of the instance that stays up; a broker started on it again knows its records. */
  public static RunFolder lasting(Path state) {
    return new RunFolder(state.resolve("up"));
  }

  /** A fresh folder named after this process; removes those of processes that are gone. */
  public static RunFolder temporary(Path state) {
    Path runs = state.resolve(TEMPORARY);
    removeThoseOfTheDead(runs);
    return new RunFolder(runs.resolve(Long.toString(ProcessHandle.current().pid())));
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  /** Whether the broker's data are there: one that is started on them knows its records. */
  boolean holdsRecords() {
    return Files.isRegularFile(kafka().resolve("meta.properties"));
  }

  Path blobs() {
    return root.resolve("blobs");
  }

  /** What was found of models at earlier starts. */
  public Path verdicts() {
    return root.resolve("model-verdicts");
  }

  Path digests() {
    return root.resolve("model-digests");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /**
   * A folder of models that holds these and nothing else, as links.
   *
   * @param models where each lies, by the name that it is to have
   * @param loras the files of those that are to be added to models, by name
   */
  public Path models(Map<String, Path> models, Map<String, Path> loras) {
    Path folder = root.resolve("models");
    try {
      Files.createDirectories(folder.resolve(LoraLibrary.FOLDER));
      for (Map.Entry<String, Path> model : models.entrySet()) {
        Files.createSymbolicLink(folder.resolve(model.getKey()), model.getValue().toAbsolutePath());
      }
      for (Map.Entry<String, Path> lora : loras.entrySet()) {
        Files.createSymbolicLink(
            folder.resolve(LoraLibrary.FOLDER).resolve(lora.getKey() + ".safetensors"),
            lora.getValue().toAbsolutePath());
      }
      return folder;
    } catch (IOException e) {
      throw new LaunchException("The models cannot be linked in " + folder + ": " + e, e);
    }
  }

  /** Lets {@link #close} remove the folder. */
  public void discard() {
    discarded = true;
  }

  @Override
  public void close() {
    if (discarded) {
      remove(root);
    }
  }

  private static void removeThoseOfTheDead(Path runs) {
    if (!Files.isDirectory(runs)) {
      return;
    }
    try (Stream<Path> folders = Files.list(runs)) {
      folders.filter(RunFolder::isOfTheDead).toList().forEach(RunFolder::remove);
    } catch (IOException e) {
      throw new LaunchException("The folder " + runs + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isOfTheDead(Path folder) {
    String name = folder.getFileName().toString();
    return name.matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(name)).filter(ProcessHandle::isAlive).isEmpty();
  }

  private static void remove(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : leavesFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("sluice: " + folder + " was not removed: " + e.getMessage());
    }
  }
}
