package dev.sluice.bench.published;

import dev.sluice.bench.MatrixRate;
import dev.sluice.bench.processes.SluiceCommand;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A checkpoint of a published size goes through {@code ./sluice generate}, which starts everything
 * for one picture, and through {@code ./sluice up} with a {@code generate} that finds it: how long
 * it takes, and the most memory that each process had.
 */
public final class PublishedBench {

  /** Head of the table whose rows {@link #main} prints. */
  private static final String HEAD =
      """
      | checkpoint | in files | | GFLOP/s | ready | loaded | first step done | a step | picture | %s |
      |---|---:|---|---:|---:|---:|---:|---:|---:|%s|
      """;

  private static final List<String> PARTS =
      List.of("text-encoder", "prior", "denoiser", "upscaler", "gateway", "broker", "sluice");

  private static final Pattern READY = Pattern.compile("^Press Ctrl-C|^started  ");
  private static final Pattern UP = Pattern.compile("^Press Ctrl-C");
  private static final Pattern LOADING = Pattern.compile("^denoiser .* loading ");
  private static final Pattern STEP = Pattern.compile("^denoiser .* (\\d+)/(\\d+) ");

  private final Path root;
  private final PublishedModel model;
  private final Path folder;
  private final Path work;

  private PublishedBench(Path root, PublishedModel model, Path folder) throws IOException {
    this.root = root;
    this.model = model;
    this.folder = folder;
    this.work = Files.createTempDirectory("published");
  }

  /**
   * Arguments: {@code head}; or the checkout, a checkpoint's name, its folder, and which of {@code
   * generate} and {@code up}.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals("head")) {
      System.out.printf(
          HEAD,
          String.join(" | ", PARTS),
          PARTS.stream().map(part -> "---:").collect(Collectors.joining("|")));
      return;
    }
    PublishedBench bench =
        new PublishedBench(Path.of(args[0]), PublishedModel.named(args[1]), Path.of(args[2]));
    for (String way : List.of(args).subList(3, args.length)) {
      double before = matrixRate();
      Measured measured = way.equals("up") ? bench.up() : bench.generate();
      System.out.println(bench.row(measured, before, matrixRate()));
    }
  }

  /** What the machine can do now, without which seconds say little where others share it. */
  private static double matrixRate() {
    return MatrixRate.measure(2048, 2);
  }

  /**
   * What was seen of one way.
   *
   * @param way its name
   * @param ready seconds until the processes stood
   * @param command the command that asked for the picture
   * @param peaks each process's most resident memory, in bytes
   */
  private record Measured(
      String way, double ready, SluiceCommand command, Map<String, Long> peaks) {}

  /** Everything for one picture. */
  private Measured generate() throws IOException, InterruptedException {
    Path picture = work.resolve("generate.png");
    try (SluiceCommand command =
        SluiceCommand.start(
            root, work.resolve("state"), Map.of(), arguments(folder.toString(), picture))) {
      requirePicture(command.await(), picture);
      return new Measured("`generate`", lastReady(command), command, command.peaks());
    }
  }

  /** An instance that stays, and the first picture that is asked of it. */
  private Measured up() throws IOException, InterruptedException {
    Path state = work.resolve("up");
    Path picture = work.resolve("up.png");
    try (SluiceCommand instance =
        SluiceCommand.start(
            root, state, Map.of(), List.of("up", "--models", folder.getParent().toString()))) {
      instance.awaitLine(UP);
      double ready = instance.secondsOf(UP).orElseThrow();
      try (SluiceCommand command =
          SluiceCommand.start(
              root, state, Map.of(), arguments(folder.getFileName().toString(), picture))) {
        requirePicture(command.await(), picture);
        return new Measured("`up`", ready, command, new LinkedHashMap<>(instance.peaks()));
      }
    }
  }

  private List<String> arguments(String name, Path picture) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("generate", "--model", name));
    arguments.addAll(
        switch (model) {
          case DIT_XL -> List.of("--class", "207");
          case X4_UPSCALER -> List.of("a cat", "--image", drawing(128));
          case DEEPFLOYD_2 -> List.of("a cat", "--image", drawing(64));
          // Of two steps, both.
          case SDXL_REFINER -> List.of("a cat", "--image", drawing(1024), "--strength", "1");
          default -> List.of("a cat");
        });
    arguments.addAll(List.of("--steps", "2", "--seed", "1", "--out", picture.toString()));
    return arguments;
  }

  /** A square picture with something on it. */
  private String drawing(int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        image.setRGB(x, y, 255 * x / size << 16 | 255 * y / size << 8 | (x ^ y) & 0xff);
      }
    }
    Path file = work.resolve("drawing.png");
    ImageIO.write(image, "png", file.toFile());
    return file.toString();
  }

  private void requirePicture(int status, Path file) throws IOException {
    if (status != 0) {
      throw new IllegalStateException(model.label() + ": ./sluice ended with status " + status);
    }
    BufferedImage picture = ImageIO.read(file.toFile());
    if (picture == null
        || picture.getWidth() != model.pictureSize()
        || picture.getHeight() != model.pictureSize()) {
      throw new IllegalStateException(
          "%s: expected a picture of %d pixels square in %s"
              .formatted(model.label(), model.pictureSize(), file));
    }
  }

  private static double lastReady(SluiceCommand command) {
    return command.lines().stream()
        .filter(line -> READY.matcher(line.text()).find())
        .mapToDouble(SluiceCommand.Line::seconds)
        .max()
        .orElse(0);
  }

  /**
   * The row of one way; times of steps count from the asking, which is the command's start. The
   * machine's rate is given as it was before and after.
   */
  private String row(Measured measured, double rateBefore, double rateAfter) throws IOException {
    List<SluiceCommand.Line> lines = measured.command().lines();
    List<SluiceCommand.Line> steps =
        lines.stream().filter(line -> STEP.matcher(line.text()).find()).toList();
    Optional<Double> begun = steps.stream().map(SluiceCommand.Line::seconds).findFirst();
    Optional<Double> loaded =
        lines.stream()
            .filter(line -> LOADING.matcher(line.text()).find())
            .map(SluiceCommand.Line::seconds)
            .max(Double::compare);
    Optional<Double> step =
        steps.size() < 2
            ? Optional.empty()
            : Optional.of(
                steps.get(steps.size() - 1).seconds() - steps.get(steps.size() - 2).seconds());
    double picture = lines.get(lines.size() - 1).seconds();
    return "| %s | %.1f GB | %s | %.0f, %.0f | %.0f s | %s | %s | %s | %.0f s | %s |"
        .formatted(
            model.label(),
            storedBytes() / 1e9,
            measured.way(),
            rateBefore,
            rateAfter,
            measured.ready(),
            loaded.map(PublishedBench::seconds).orElse(""),
            begun.map(PublishedBench::seconds).orElse(""),
            step.map(PublishedBench::seconds).orElse(""),
            picture,
            PARTS.stream()
                .map(part -> Optional.ofNullable(measured.peaks().get(part)))
                .map(peak -> peak.map(PublishedBench::gigabytes).orElse(""))
                .collect(Collectors.joining(" | ")));
  }

  private long storedBytes() throws IOException {
    long bytes = 0;
    for (String suffix : model.folders().keySet()) {
      Path stored = folder.resolveSibling(folder.getFileName() + suffix);
      try (Stream<Path> files = Files.walk(stored)) {
        bytes += files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
      }
    }
    return bytes;
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
