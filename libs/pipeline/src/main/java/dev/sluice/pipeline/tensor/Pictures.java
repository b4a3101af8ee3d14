package dev.sluice.pipeline.tensor;

import dev.sluice.networks.tensor.HostTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** From a network's picture to a file. */
public final class Pictures {

  private static final int GREY = 1;
  private static final int RGB = 3;
  private static final String PNG_METADATA = "javax_imageio_png_1.0";

  private Pictures() {}

  /**
   * A PNG file, 8 bits a channel, with pixels rounded as diffusers rounds them.
   *
   * @param picture {@code [1, channels, height, width]} in [-1, 1], where values beyond are cut
   *     off; 3 channels are red, green and blue, 1 is grey
   */
  public static byte[] png(HostTensor.Floats picture) {
    return png(picture, Map.of());
  }

  /**
   * As {@link #png(HostTensor.Floats)}, with texts in the file.
   *
   * @param texts by keyword, 1 to 79 Latin letters; written as {@code iTXt} chunks
   */
  public static byte[] png(HostTensor.Floats picture, Map<String, String> texts) {
    BufferedImage image = toImage(picture);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(new IIOImage(image, null, metadata(writer, image, texts)));
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused a write", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage image, Map<String, String> texts)
      throws IIOInvalidTreeException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
    IIOMetadataNode chunks = new IIOMetadataNode("iTXt");
    texts.forEach(
        (keyword, text) -> {
          IIOMetadataNode chunk = new IIOMetadataNode("iTXtEntry");
          chunk.setAttribute("keyword", keyword);
          chunk.setAttribute("compressionFlag", "FALSE");
          chunk.setAttribute("compressionMethod", "0");
          chunk.setAttribute("languageTag", "");
          chunk.setAttribute("translatedKeyword", "");
          chunk.setAttribute("text", text);
          chunks.appendChild(chunk);
        });
    IIOMetadataNode root = new IIOMetadataNode(PNG_METADATA);
    root.appendChild(chunks);
    metadata.mergeTree(PNG_METADATA, root);
    return metadata;
  }

  private static BufferedImage toImage(HostTensor.Floats picture) {
    int[] shape = picture.shape();
    if (shape.length != 4 || shape[0] != 1 || shape[1] != RGB && shape[1] != GREY) {
      throw new IllegalArgumentException(
          "a picture must be [1, 3, height, width] or [1, 1, height, width], found "
              + Arrays.toString(shape));
    }
    int height = shape[2];
    int width = shape[3];
    int area = height * width;
    int green = shape[1] == RGB ? area : 0;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[] values = picture.values();
    for (int i = 0; i < area; i++) {
      int rgb =
          toByte(values[i]) << 16 | toByte(values[i + green]) << 8 | toByte(values[i + 2 * green]);
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  /**
   * A value in [-1, 1] as a byte, 0 to 255: in single precision and half to even, as numpy rounds.
   */
  public static int toByte(float value) {
    float unit = Math.max(0, Math.min(1, value * 0.5f + 0.5f));
    return (int) Math.rint(unit * 255);
  }
}
