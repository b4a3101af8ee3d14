package dev.sluice.launcher.command;

import dev.sluice.client.Failure;
import dev.sluice.client.GenerationListener;
import dev.sluice.client.Loading;
import dev.sluice.client.Picture;
import dev.sluice.client.Progress;
import dev.sluice.client.Understood;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The pictures of a request as they arrive: each is written at once. */
final class WrittenPictures implements GenerationListener {

  private final Path out;
  private final int n;
  private final ForkArguments fork;
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder json = new StringBuilder();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final ProgressDisplay display;
  private String id = "";
  private String requestId = "";
  private int failures;

  /**
   * @param out where the file of a single picture goes; of several, names are made from it
   * @param n how many there are to be
   * @param display shows how far they are; null for none
   */
  WrittenPictures(Path out, int n, ForkArguments fork, ProgressDisplay display) {
    this.display = display;
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

  @Override
  public void understood(Understood how) {
    id = how.id();
    requestId = how.requestId();
    warnings.addAll(how.warnings());
  }

  @Override
  public void progress(Progress progress) {
    if (display != null) {
      display.progress(progress, System.nanoTime());
    }
  }

  @Override
  public void loading(Loading loading) {
    if (display != null) {
      display.loading(loading, System.nanoTime());
    }
  }

  /** Whether none has failed so far. */
  boolean areAllThere() {
    return failures == 0;
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

  @Override
  public void picture(Picture picture) {
    warnings.addAll(picture.warnings());
    Path file = files(out, n).get(picture.index());
    try {
      picture.toFile(file);
    } catch (UncheckedIOException e) {
      throw new LaunchException("%s: %s".formatted(e.getMessage(), e.getCause()), e);
    }
    lines.append(
        "%s  %dx%d, seed %d  (%s)%n"
            .formatted(
                file.toAbsolutePath(),
                picture.width(),
                picture.height(),
                picture.seed(),
                picture.took().entrySet().stream()
                    .map(stage -> stage.getKey() + " " + ProgressDisplay.seconds(stage.getValue()))
                    .collect(Collectors.joining(", "))));
    lines.append(fork.kept(requestId, picture.index()));
    Map<String, Object> told = named(picture.index());
    told.put("file", file.toAbsolutePath().toString());
    told.put("width", picture.width());
    told.put("height", picture.height());
    told.put("seed", picture.seed());
    Map<String, Object> seconds = new LinkedHashMap<>();
    picture.took().forEach((stage, time) -> seconds.put(stage, time.toNanos() / 1e9));
    told.put("seconds", seconds);
    told.put("warnings", List.copyOf(warnings));
    json.append(JsonLines.line(told));
  }

  @Override
  public void failed(Failure failure) {
    failures++;
    lines.append("picture %d failed: %s%n".formatted(failure.index(), failure.message()));
    Map<String, Object> told = named(failure.index());
    told.put(
        "error",
        Map.of(
            "code",
            failure.reason().name().toLowerCase(Locale.ROOT),
            "message",
            failure.message(),
            "field",
            failure.field()));
    json.append(JsonLines.line(told));
  }

  private Map<String, Object> named(int index) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("id", id);
    told.put("request_id", requestId);
    told.put("index", index);
    return told;
  }
}
