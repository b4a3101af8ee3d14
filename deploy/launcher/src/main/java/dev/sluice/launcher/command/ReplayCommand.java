package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.launcher.client.GatewayAccess;
import dev.sluice.launcher.client.RecipeReader;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelChoice;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice replay}: makes a picture again by the recipe in its file and compares. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Make a picture again by the recipe in its PNG file, and say whether it is equal.",
      "Exit status: 0 equal, 1 not equal."
    })
public final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "PNG", description = "A picture that Sluice made.")
  private Path picture;

  @Option(
      names = "--model",
      paramLabel = "NAME|FOLDER",
      description = "Where the model lies now (default: the recipe's name among those that ship).")
  private String model;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "The picture that the request came with, if it came with one.")
  private Path image;

  @Option(
      names = "--interpolate-to-image",
      paramLabel = "FILE",
      description = "The picture that the request went to, if it went to one.")
  private Path endImage;

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description = "The mask that the request came with, if it came with one.")
  private Path mask;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the new PNG goes (default: nowhere).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    byte[] before = read(picture);
    Recipe recipe = RecipeReader.read(before, picture.toString());
    SluiceHome home = SluiceHome.locate();
    ModelChoice choice =
        ModelChoice.of(
            model == null ? recipe.getRequest().getModel() : model,
            recipe.getRequest().getRefinerModel(),
            recipe.getRequest().getPriorModel());
    GenerationRequest request = request(recipe, choice.requested());
    return GatewayAccess.use(
        home,
        choice,
        (client, startUp) -> {
          byte[] after = client.ask(request).pictures().get(0).png();
          if (out != null) {
            Files.write(out, after);
          }
          printChanges(recipe, RecipeReader.read(after, "the new picture"));
          return compare(image(before), image(after)) == 0 ? 0 : 1;
        });
  }

  private GenerationRequest request(Recipe recipe, String modelName) {
    requireGiven("--image", recipe.getImage(), image);
    requireGiven("--interpolate-to-image", recipe.getInterpolationImage(), endImage);
    requireGiven("--mask", recipe.getMask(), mask);
    GenerationRequest.Builder request =
        recipe.getRequest().toBuilder().setModel(modelName).setCancelOnDisconnect(true);
    set(image, file -> request.setImage(ByteString.copyFrom(read(file))));
    set(
        endImage,
        file -> request.getInterpolationBuilder().setImage(ByteString.copyFrom(read(file))));
    set(mask, file -> request.setMask(ByteString.copyFrom(read(file))));
    return request.build();
  }

  private static void requireGiven(String option, String digest, Path file) {
    if (!digest.isEmpty() && file == null) {
      throw new LaunchException(
          "The recipe needs a file that is not in it; give it with %s (SHA-256 %s)"
              .formatted(option, digest));
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new LaunchException("The picture cannot be read: " + e, e);
    }
  }

  /** Recipes name it only where it is another. */
  private static String precision(Recipe recipe) {
    return recipe.getPrecision().isEmpty() ? "float32" : recipe.getPrecision();
  }

  /** What is not as it was when the picture was made. */
  private static void printChanges(Recipe then, Recipe now) {
    if (!then.getVersion().equals(now.getVersion())) {
      System.out.printf("made by Sluice %s, this is %s%n", then.getVersion(), now.getVersion());
    }
    if (!then.getPrecision().equals(now.getPrecision())) {
      System.out.printf("made in %s, this is in %s%n", precision(then), precision(now));
    }
    Map<String, String> before = then.getComponentsMap();
    Map<String, String> after = now.getComponentsMap();
    List<String> changed = new ArrayList<>();
    for (String component : union(before, after)) {
      if (!before.getOrDefault(component, "").equals(after.getOrDefault(component, ""))) {
        changed.add(component);
      }
    }
    if (!then.getImage().equals(now.getImage())) {
      changed.add("the picture given");
    }
    if (!then.getInterpolationImage().equals(now.getInterpolationImage())) {
      changed.add("the picture interpolated to");
    }
    if (!then.getMask().equals(now.getMask())) {
      changed.add("the mask given");
    }
    if (!changed.isEmpty()) {
      System.out.println("not the same any more: " + String.join(", ", changed));
    }
  }

  private static TreeSet<String> union(Map<String, String> one, Map<String, String> other) {
    TreeSet<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    return keys;
  }

  private static BufferedImage image(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  /** Prints how the pictures differ; returns in how many pixels. */
  private static long compare(BufferedImage before, BufferedImage after) {
    if (before.getWidth() != after.getWidth() || before.getHeight() != after.getHeight()) {
      System.out.printf(
          "not equal: %dx%d then, %dx%d now%n",
          before.getWidth(), before.getHeight(), after.getWidth(), after.getHeight());
      return Long.MAX_VALUE;
    }
    long different = 0;
    int largest = 0;
    for (int y = 0; y < before.getHeight(); y++) {
      for (int x = 0; x < before.getWidth(); x++) {
        int difference = difference(before.getRGB(x, y), after.getRGB(x, y));
        different += difference > 0 ? 1 : 0;
        largest = Math.max(largest, difference);
      }
    }
    if (different == 0) {
      System.out.println("equal, pixel by pixel");
    } else {
      System.out.printf(
          "not equal: %d of %d pixels differ, by %d of 255 at most%n",
          different, before.getWidth() * before.getHeight(), largest);
    }
    return different;
  }

  private static int difference(int rgb, int other) {
    int largest = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      largest = Math.max(largest, Math.abs((rgb >> shift & 0xff) - (other >> shift & 0xff)));
    }
    return largest;
  }
}
