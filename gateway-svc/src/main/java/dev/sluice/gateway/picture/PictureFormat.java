package dev.sluice.gateway.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Files of pictures. Pictures are made as PNG files with their recipe in them; the other formats
 * are smaller, not exact, and hold the pixels only.
 */
public enum PictureFormat {
  PNG("image/png"),
  JPEG("image/jpeg"),
  WEBP("image/webp");

  private static final float BEST = 100;

  private final String mediaType;

  PictureFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }

  /** In lower case, as requests name it and as files end. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> names() {
    return Arrays.stream(values()).map(PictureFormat::id).toList();
  }

  /**
   * The format that is called so.
   *
   * @throws IllegalArgumentException if it is none of {@link #names}
   */
  public static PictureFormat named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * A picture in this format.
   *
   * @param png opaque
   * @param quality 0 to 100, the best; PNG has none
   * @throws UncheckedIOException if it cannot be written
   */
  public byte[] of(byte[] png, int quality) {
    if (this == PNG) {
      return png;
    }
    ImageWriter writer = this == JPEG ? jpegWriter() : WebpWriters.one();
    try (ByteArrayOutputStream file = new ByteArrayOutputStream();
        MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
      writer.setOutput(out);
      ImageWriteParam setting = writer.getDefaultWriteParam();
      setting.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      setting.setCompressionType(this == JPEG ? "JPEG" : "Lossy");
      setting.setCompressionQuality(quality / BEST);
      writer.write(null, new IIOImage(opaque(png), null, null), setting);
      out.flush();
      return file.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a picture cannot be written as " + id(), e);
    } finally {
      writer.dispose();
    }
  }

  private static ImageWriter jpegWriter() {
    return ImageIO.getImageWritersByFormatName("jpeg").next();
  }

  private static BufferedImage opaque(byte[] png) throws IOException {
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    BufferedImage rgb =
        new BufferedImage(read.getWidth(), read.getHeight(), BufferedImage.TYPE_INT_RGB);
    rgb.createGraphics().drawImage(read, 0, 0, null);
    return rgb;
  }
}
