package dev.sluice.trainer.measure;

import dev.sluice.networks.tensor.HostTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Many pictures in one, in rows. */
public final class PictureSheet {

  private static final int GAP = 2;

  private final int columns;
  private final int scale;
  private final List<float[]> pictures = new ArrayList<>();
  private int channels;
  private int side;

  /**
   * @param columns pictures in a row
   * @param scale how many pixels of the sheet a pixel becomes, across and down
   */
  public PictureSheet(int columns, int scale) {
    this.columns = columns;
    this.scale = scale;
  }

  /**
   * Adds the first pictures of a batch.
   *
   * @param batch {@code [rows, channels, side, side]} in [-1, 1], of 1 or 3 channels
   */
  public PictureSheet add(HostTensor.Floats batch, int count) {
    channels = batch.shape()[1];
    side = batch.shape()[2];
    for (int row = 0; row < Math.min(count, batch.shape()[0]); row++) {
      pictures.add(batch.row(row).values());
    }
    return this;
  }

  /** Writes a PNG file. */
  public void write(Path file) throws IOException {
    int rows = (pictures.size() + columns - 1) / columns;
    int step = side * scale + GAP;
    BufferedImage sheet =
        new BufferedImage(columns * step + GAP, rows * step + GAP, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < pictures.size(); i++) {
      int left = GAP + i % columns * step;
      int top = GAP + i / columns * step;
      for (int y = 0; y < side * scale; y++) {
        for (int x = 0; x < side * scale; x++) {
          sheet.setRGB(left + x, top + y, color(pictures.get(i), y / scale * side + x / scale));
        }
      }
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    ImageIO.write(sheet, "png", file.toFile());
  }

  private int color(float[] picture, int at) {
    int color = 0;
    for (int channel = 0; channel < 3; channel++) {
      float value = picture[(channels == 1 ? 0 : channel) * side * side + at];
      color = color << 8 | Math.max(0, Math.min(255, Math.round((value + 1) * 127.5f)));
    }
    return color;
  }
}
