package dev.sluice.launcher.command;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.Image;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/** The pictures as they arrive: each is written at once. */
final class WrittenPictures {

  private final Path out;
  private final int n;
  private final ForkArguments fork;
  private final StringBuilder lines = new StringBuilder();
  private int failed;

  /**
   * @param out where the file of a single picture goes; of several, names are made from it
   * @param n how many there are to be
   */
  WrittenPictures(Path out, int n, ForkArguments fork) {
    this.out = out;
    this.n = n;
    this.fork = fork;
  }

  /** Whether none has failed so far. */
  boolean areAllThere() {
    return failed == 0;
  }

  void add(String requestId, Image image) {
    Path file = fileOf(image.getIndex());
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.write(file, image.getPng().toByteArray());
    } catch (IOException e) {
      throw new LaunchException("The picture cannot be written to " + file + ": " + e, e);
    }
    lines.append(
        "%s  %dx%d, seed %d  (%s)%n"
            .formatted(
                file.toAbsolutePath(),
                image.getWidth(),
                image.getHeight(),
                image.getSeed(),
                image.getTimingsList().stream()
                    .map(
                        timing ->
                            Topics.name(timing.getStage())
                                + " "
                                + ProgressDisplay.seconds(
                                    Duration.ofNanos(Durations.toNanos(timing.getDuration()))))
                    .collect(Collectors.joining(", "))));
    lines.append(fork.kept(requestId, image.getIndex()));
  }

  void addFailure(GenerationEvent event) {
    failed++;
    lines.append(
        "picture %d failed: %s%n".formatted(event.getImageIndex(), event.getError().getMessage()));
  }

  void printTo(Duration took, Optional<Duration> startUp) {
    System.out.print(lines);
    System.out.println(
        "generated in "
            + ProgressDisplay.seconds(took)
            + startUp
                .map(time -> ", after " + ProgressDisplay.seconds(time) + " to start")
                .orElse(""));
  }

  private Path fileOf(int index) {
    if (n == 1) {
      return out;
    }
    String name = out.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String ending = dot > 0 ? name.substring(dot) : "";
    return out.resolveSibling(stem + "-" + index + ending);
  }
}
