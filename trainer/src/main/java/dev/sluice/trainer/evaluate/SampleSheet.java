package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.shapes.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/** A grid of pictures with their captions, each framed green or red if it was judged. */
public final class SampleSheet {

  private static final int MARGIN = 6;
  private static final int FRAME = 2;
  private static final int CAPTION_LINES = 4;
  private static final Color PAPER = new Color(250, 250, 250);
  private static final Color INK = new Color(40, 40, 40);
  private static final Color RIGHT = new Color(30, 150, 60);
  private static final Color WRONG = new Color(210, 40, 40);
  private static final Color UNJUDGED = new Color(170, 170, 170);

  private final int columns;
  private final int scale;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(String caption, BufferedImage picture, Optional<Boolean> right) {}

  /**
   * @param columns pictures per row
   * @param scale whole-number magnification, nearest neighbour, so that every pixel can be seen
   */
  public SampleSheet(int columns, int scale) {
    if (columns < 1 || scale < 1) {
      throw new IllegalArgumentException(
          "A sheet needs positive columns and scale, got %d and %d".formatted(columns, scale));
    }
    this.columns = columns;
    this.scale = scale;
  }

  /** Adds a picture that nobody judged. */
  public void add(String caption, float[] pixels, int width, int height) {
    entries.add(new Entry(caption, Pixels.toImage(pixels, width, height), Optional.empty()));
  }

  /** Adds a judged picture, which is square. */
  public void add(Evaluation.Judged judged) {
    int side = Pixels.side(judged.pixels());
    entries.add(
        new Entry(
            judged.caption(),
            Pixels.toImage(judged.pixels(), side, side),
            Optional.of(judged.verdict().meetsAll())));
  }

  /** Number of pictures so far. */
  public int size() {
    return entries.size();
  }

  /** Draws the sheet. */
  public BufferedImage draw() {
    if (entries.isEmpty()) {
      throw new IllegalStateException("A sheet without pictures cannot be drawn");
    }
    int side = entries.stream().mapToInt(e -> e.picture().getWidth()).max().orElseThrow() * scale;
    int cellWidth = side + 2 * (MARGIN + FRAME);
    int cellHeight = cellWidth + CAPTION_LINES * PixelFont.LINE_HEIGHT;
    int rows = (entries.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(columns * cellWidth, rows * cellHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setColor(PAPER);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      for (int i = 0; i < entries.size(); i++) {
        int x = i % columns * cellWidth + MARGIN;
        int y = i / columns * cellHeight + MARGIN;
        drawEntry(graphics, entries.get(i), x, y, side);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private static void drawEntry(Graphics2D graphics, Entry entry, int x, int y, int side) {
    graphics.setColor(entry.right().map(right -> right ? RIGHT : WRONG).orElse(UNJUDGED));
    graphics.fillRect(x, y, side + 2 * FRAME, side + 2 * FRAME);
    graphics.drawImage(entry.picture(), x + FRAME, y + FRAME, side, side, null);
    graphics.setColor(INK);
    int lineY = y + side + 2 * FRAME + 3;
    for (String line : PixelFont.wrap(entry.caption(), side + 2 * FRAME, CAPTION_LINES)) {
      PixelFont.draw(graphics, line, x, lineY);
      lineY += PixelFont.LINE_HEIGHT;
    }
  }

  /** Writes the sheet as PNG; missing folders are made. */
  public void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    if (!ImageIO.write(draw(), "png", file.toFile())) {
      throw new IOException("This Java has no PNG writer, cannot write " + file);
    }
  }
}
