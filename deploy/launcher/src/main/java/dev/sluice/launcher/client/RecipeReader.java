package dev.sluice.launcher.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.launcher.console.LaunchException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Finds the recipe in a PNG file. */
public final class RecipeReader {

  private static final String PNG_METADATA = "javax_imageio_png_1.0";
  private static final String KEYWORD = "sluice";

  private RecipeReader() {}

  /**
   * The recipe of a picture.
   *
   * @param png a PNG file
   * @param origin where it comes from, for messages
   * @throws LaunchException when the file is no PNG or holds no recipe that can be read
   */
  public static Recipe read(byte[] png, String origin) {
    String json =
        text(png, origin)
            .orElseThrow(
                () ->
                    new LaunchException(
                        origin
                            + " holds no recipe. Pictures that Sluice makes do; programs that save a"
                            + " picture anew often drop it."));
    Recipe.Builder recipe = Recipe.newBuilder();
    try {
      JsonFormat.parser().merge(json, recipe);
    } catch (InvalidProtocolBufferException e) {
      throw new LaunchException(
          "The recipe in %s cannot be read: %s".formatted(origin, e.getMessage()), e);
    }
    return recipe.build();
  }

  private static Optional<String> text(byte[] png, String origin) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(stream);
      IIOMetadata metadata = reader.getImageMetadata(0);
      NodeList entries =
          ((Element) metadata.getAsTree(PNG_METADATA)).getElementsByTagName("iTXtEntry");
      for (int i = 0; i < entries.getLength(); i++) {
        Element entry = (Element) entries.item(i);
        if (entry.getAttribute("keyword").equals(KEYWORD)) {
          return Optional.of(entry.getAttribute("text"));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new LaunchException(origin + " is not a PNG file: " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }
}
