package dev.sluice.planning;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.planning.recipe.RecipeWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Plans against the tiny pipelines of the reference data. */
abstract class PlanningTest {

  static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  static final Path PIPELINES = Path.of(System.getProperty("sluice.goldens"));
  static final String VARIES = "pipe-unclip-image-variation";
  static final String KANDINSKY = "pipe-kandinsky22-decoder";

  final RoutePlanner planner = planner(PIPELINES, "pipe-unclip");

  static RoutePlanner planner(Path models, String defaultModel) {
    return new RoutePlanner(
        new ModelCatalog(models),
        defaultModel,
        new RecipeWriter(new ModelDigests(), "0"),
        (tenant, from) -> Optional.empty());
  }

  static GenerationRequest.Builder request() {
    return GenerationRequest.newBuilder().setPrompt("a red circle");
  }

  static Path copy(String pipeline, Path model) throws IOException {
    Path original = PIPELINES.resolve(pipeline);
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = model.resolve(original.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return model;
  }

  static void setSampleSize(Path component, int size) throws IOException {
    Path config = component.resolve("config.json");
    String changed =
        Files.readString(config).replaceAll("\"sample_size\": \\d+", "\"sample_size\": " + size);
    Files.writeString(config, changed);
  }

  /** The left half is dark, the right half light. */
  static ByteString picture(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, x < width / 2 ? 0x7f7f7f : 0x808080);
      }
    }
    ByteString.Output png = ByteString.newOutput();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteString();
  }

  static Interpolation.Builder to(String prompt) {
    return Interpolation.newBuilder().setPrompt(prompt);
  }

  static Interpolation.Builder to(ByteString image) {
    return Interpolation.newBuilder().setImage(image);
  }

  static GenerationRequest.Builder enlargement(int side) {
    return GenerationRequest.newBuilder().setUpscale(true).setImage(picture(side, side));
  }

  static GenerationRequest.Builder refined() {
    return request().setModel("pipe-sdxl").setRefinerModel("pipe-sdxl-refiner");
  }
}
