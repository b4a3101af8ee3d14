package dev.sluice.launcher.command;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The pictures of a request as they arrive: each is written at once. */
final class WrittenPictures {

  private final Path out;
  private final int n;
  private final ForkArguments fork;
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder json = new StringBuilder();
  private final Set<String> warnings = new LinkedHashSet<>();
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

  /** The files of the pictures of a request, by index. */
  static List<Path> files(Path out, int n) {
    return n == 1
        ? List.of(out)
        : IntStream.range(0, n).mapToObj(index -> withSuffix(out, index)).toList();
  }

  /** A name with a number before its ending: {@code picture-3.png}. */
  static Path withSuffix(Path file, int number) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String ending = dot > 0 ? name.substring(dot) : "";
    return file.resolveSibling(stem + "-" + number + ending);
  }

  /** Takes what the event brings: a picture, its failure, warnings. */
  void take(GenerationEvent event) {
    switch (event.getEventCase()) {
      case ACCEPTED -> warnings.addAll(event.getAccepted().getWarningsList());
      case IMAGE -> add(event);
      case ERROR -> addFailure(event);
      default -> {
        // Progress is shown by others; previews are not asked for.
      }
    }
  }

  /** Whether none has failed so far. */
  boolean areAllThere() {
    return failed == 0;
  }

  /** What happened, for people. */
  String lines() {
    return lines.toString();
  }

  /** What happened, for programs: a JSON object in a line for each picture. */
  String json() {
    return json.toString();
  }

  Set<String> warnings() {
    return warnings;
  }

  private void add(GenerationEvent event) {
    Image image = event.getImage();
    warnings.addAll(image.getWarningsList());
    Path file = files(out, n).get(image.getIndex());
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
                                + ProgressDisplay.seconds(duration(timing)))
                    .collect(Collectors.joining(", "))));
    lines.append(fork.kept(event.getRequestId(), image.getIndex()));
    Map<String, Object> told = named(event);
    told.put("file", file.toAbsolutePath().toString());
    told.put("width", image.getWidth());
    told.put("height", image.getHeight());
    told.put("seed", image.getSeed());
    Map<String, Object> seconds = new LinkedHashMap<>();
    image
        .getTimingsList()
        .forEach(
            timing ->
                seconds.put(Topics.name(timing.getStage()), duration(timing).toNanos() / 1e9));
    told.put("seconds", seconds);
    told.put("warnings", List.copyOf(warnings));
    json.append(JsonLines.line(told));
  }

  private void addFailure(GenerationEvent event) {
    failed++;
    GenerationError error = event.getError();
    lines.append("picture %d failed: %s%n".formatted(event.getImageIndex(), error.getMessage()));
    Map<String, Object> told = named(event);
    told.put(
        "error",
        Map.of(
            "code",
            error.getCode().name().toLowerCase(Locale.ROOT),
            "message",
            error.getMessage(),
            "field",
            error.getField()));
    json.append(JsonLines.line(told));
  }

  private static Map<String, Object> named(GenerationEvent event) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("id", event.getWorkId());
    told.put("request_id", event.getRequestId());
    told.put("index", event.getImageIndex());
    return told;
  }

  private static Duration duration(StageTiming timing) {
    return Duration.ofNanos(Durations.toNanos(timing.getDuration()));
  }
}
