package dev.sluice.trainer.evaluate;

import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Letters of 5x7 pixels. Java2D's own text needs fontconfig and installed fonts, which a server
 * often lacks; captions use few characters, so their letters are drawn here.
 */
final class PixelFont {

  /** Distance between the tops of two lines. */
  static final int LINE_HEIGHT = 10;

  private static final int ADVANCE = 6;
  private static final int GLYPH_WIDTH = 5;
  private static final int GLYPH_HEIGHT = 8;
  private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,-:()%/?";

  /** Two hexadecimal digits per column, left to right; the lowest bit is the top pixel. */
  private static final String[] GLYPHS = {
    "2054545478",
    "7f48444438",
    "3844444428",
    "384444487f",
    "3854545418", // a-e
    "087e090902",
    "18a4a4a47c",
    "7f08040478",
    "00447d4000",
    "4080847d00", // f-j
    "7f10284400",
    "00417f4000",
    "7c04780478",
    "7c08040478",
    "3844444438", // k-o
    "fc24242418",
    "18242424fc",
    "7c08040408",
    "4854545424",
    "043f444020", // p-t
    "3c4040207c",
    "1c2040201c",
    "3c4030403c",
    "4428102844",
    "1ca0a0a07c", // u-y
    "4464544c44", // z
    "3e5149453e",
    "00427f4000",
    "4261514946",
    "2141454b31",
    "1814127f10", // 0-4
    "2745454539",
    "3c4a494930",
    "0171090503",
    "3649494936",
    "064949291e", // 5-9
    "0060600000",
    "0080600000",
    "0808080808",
    "0036360000",
    "001c224100", // . , - : (
    "0041221c00",
    "2313086462",
    "2010080402",
    "0201510906" // ) % / ?
  };

  private PixelFont() {}

  /** Draws one line in the current color; characters it does not know become question marks. */
  static void draw(Graphics2D graphics, String text, int x, int y) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (lower.charAt(i) != ' ') {
        drawGlyph(graphics, lower.charAt(i), x + i * ADVANCE, y);
      }
    }
  }

  private static void drawGlyph(Graphics2D graphics, char character, int x, int y) {
    int index = CHARACTERS.indexOf(character);
    String glyph = GLYPHS[index < 0 ? CHARACTERS.indexOf('?') : index];
    for (int column = 0; column < GLYPH_WIDTH; column++) {
      int bits = Integer.parseInt(glyph.substring(2 * column, 2 * column + 2), 16);
      for (int row = 0; row < GLYPH_HEIGHT; row++) {
        if ((bits >> row & 1) == 1) {
          graphics.fillRect(x + column, y + row, 1, 1);
        }
      }
    }
  }

  /** Breaks text between words into lines of at most {@code width} pixels; the rest is cut off. */
  static List<String> wrap(String text, int width, int mostLines) {
    int perLine = Math.max(1, width / ADVANCE);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.trim().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > perLine) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines.subList(0, Math.min(mostLines, lines.size())).stream()
        .map(full -> full.length() > perLine ? full.substring(0, perLine) : full)
        .toList();
  }
}
