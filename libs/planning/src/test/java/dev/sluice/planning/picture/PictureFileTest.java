package dev.sluice.planning.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFileTest {

  private static Pixels read(byte[] file) throws PictureException {
    return PictureFile.read(file).pixels();
  }

  /** Files of other programs; what lost something on the way may be off by as much. */
  @ParameterizedTest
  @CsvSource({
    "color-interlaced.png, color.png, 0",
    "color-palette.png, color.png, 0",
    "color-16bit.png, color.png, 0",
    "color-lossless.webp, color.png, 0",
    "color.jpg, color.png, 3",
    "color-progressive.jpg, color.png, 3",
    "color-cmyk.jpg, color.png, 4",
    "color-lossy.webp, color.png, 6",
    "grey.png, grey-color.png, 0",
    "grey-16bit.png, grey-color.png, 0",
    "grey-gamma.png, grey-color.png, 0",
    "grey-palette.png, grey-color.png, 0",
    "grey-interlaced.png, grey-color.png, 0",
    "grey-alpha.png, grey-color.png, 0",
    "grey-color-alpha.png, grey-color.png, 0",
    "grey.webp, grey-color.png, 0",
    "grey.jpg, grey-color.png, 2",
    "grey-progressive.jpg, grey-color.png, 2",
    "grey-color.jpg, grey-color.png, 3",
    "bilevel-1.png, bilevel-color.png, 0",
    "bilevel-2.png, bilevel-color.png, 0",
    "bilevel-4.png, bilevel-color.png, 0",
    "alpha-16bit.png, alpha.png, 0",
    "alpha-lossless.webp, alpha.png, 0",
    "alpha-lossy.webp, alpha.png, 6",
    // As libwebp's own dwebp decodes it.
    "detailed-lossy.webp, detailed.png, 0"
  })
  void read_givesTheSamePixelsInEveryEncoding(String name, String same, int tolerance)
      throws PictureException {
    Pixels expected = read(PictureFiles.named(same)).onWhite();

    assertNear(read(PictureFiles.named(name)).onWhite(), expected, tolerance);
  }

  @Test
  void read_keepsTheNumbersOfGrey() throws PictureException {
    assertThat(read(PictureFiles.named("grey.png")).at(0, 0)).isEqualTo(0xff646464);
  }

  @Test
  void read_knowsThePalettesOpacity() throws PictureException {
    Pixels pixels = read(PictureFiles.named("alpha-palette.png"));

    assertThat(pixels.at(0, 0)).isEqualTo(0xffc81e28);
    assertThat(Pixels.value(pixels.at(40, 8), 3)).isZero();
  }

  /** Of greys of 1 to 4 bits, each as the transparent one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void read_knowsTheTransparentGrey(int bits) throws PictureException {
    int levels = 1 << bits;
    for (int key = 0; key < levels; key++) {
      Pixels pixels = read(greys(bits, key));
      for (int level = 0; level < levels; level++) {
        int grey = level * 255 / (levels - 1);
        assertThat(Pixels.value(pixels.at(level, 0), 3)).isEqualTo(level == key ? 0 : 255);
        if (level != key) {
          assertThat(pixels.at(level, 0)).isEqualTo(0xff000000 | grey * 0x010101);
        }
      }
    }
  }

  /** A row of all greys that so many bits have. */
  private static byte[] greys(int bits, int key) {
    int levels = 1 << bits;
    byte[] row = new byte[1 + (levels * bits + 7) / 8];
    for (int level = 0; level < levels; level++) {
      int at = level * bits;
      row[1 + at / 8] |= (byte) (level << 8 - bits - at % 8);
    }
    Deflater deflater = new Deflater();
    deflater.setInput(row);
    deflater.finish();
    byte[] packed = new byte[100];
    int length = deflater.deflate(packed);
    byte[] pixels = Arrays.copyOf(packed, length);
    byte[] header = {0, 0, 0, (byte) levels, 0, 0, 0, 1, (byte) bits, 0, 0, 0, 0};
    return PictureFiles.png(
        header,
        PictureFiles.chunk("tRNS", new byte[] {0, (byte) key}),
        PictureFiles.chunk("IDAT", pixels));
  }

  private enum Encoding {
    RGB(3, 8, false),
    RGBA(4, 8, false),
    DEEP_RGB(3, 16, false),
    DEEP_RGBA(4, 16, false),
    GREY(1, 8, true),
    GREY_ALPHA(2, 8, true),
    DEEP_GREY(1, 16, true),
    DEEP_GREY_ALPHA(2, 16, true);

    private final int bands;
    private final int bits;
    private final boolean grey;

    Encoding(int bands, int bits, boolean grey) {
      this.bands = bands;
      this.bits = bits;
      this.grey = grey;
    }
  }

  @Property(tries = 40)
  void read_givesTheSamePixelsWhateverTheirTypeAndDepth(
      @ForAll @IntRange(min = 1, max = 17) int width,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll long seed)
      throws Exception {
    for (boolean grey : new boolean[] {false, true}) {
      int[] argb = new int[width * height];
      Random random = new Random(seed);
      Arrays.setAll(
          argb,
          i -> 0xff000000 | (grey ? random.nextInt(256) * 0x010101 : random.nextInt(1 << 24)));
      for (Encoding encoding : Encoding.values()) {
        if (grey || !encoding.grey) {
          assertThat(read(png(encoding, width, height, argb)).argb())
              .as(encoding.name())
              .containsExactly(argb);
        }
      }
    }
  }

  private static byte[] png(Encoding encoding, int width, int height, int[] argb)
      throws IOException {
    int type = encoding.bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
    WritableRaster raster =
        Raster.createInterleavedRaster(type, width, height, encoding.bands, new Point());
    ColorModel colors =
        encoding.grey
            ? ImageTypeSpecifier.createGrayscale(encoding.bits, type, false).getColorModel()
            : null;
    int[] offsets = new int[encoding.bands];
    Arrays.setAll(offsets, i -> i);
    if (encoding.bands > 2) {
      colors =
          ImageTypeSpecifier.createInterleaved(
                  java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_sRGB),
                  offsets,
                  type,
                  encoding.bands == 4,
                  false)
              .getColorModel();
    } else if (encoding.bands == 2) {
      colors =
          ImageTypeSpecifier.createGrayscale(encoding.bits, type, false, false).getColorModel();
    }
    for (int i = 0; i < argb.length; i++) {
      for (int band = 0; band < encoding.bands; band++) {
        boolean opacity = encoding.bands % 2 == 0 && band == encoding.bands - 1;
        int value = opacity ? 255 : Pixels.value(argb[i], band);
        raster.setSample(i % width, i / width, band, encoding.bits == 8 ? value : value * 0x0101);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    assertThat(ImageIO.write(new BufferedImage(colors, raster, false, null), "png", file)).isTrue();
    return file.toByteArray();
  }

  /** Where the first row and the first column of what is stored are seen (Exif 2.32, 4.6.4). */
  @ParameterizedTest
  @CsvSource({
    "1, top, left",
    "2, top, right",
    "3, bottom, right",
    "4, bottom, left",
    "5, left, top",
    "6, right, top",
    "7, right, bottom",
    "8, left, bottom"
  })
  void read_turnsPicturesUpright(int orientation, String row, String column)
      throws PictureException {
    boolean turned = row.equals("left") || row.equals("right");
    for (String name : new String[] {"color.png", "color-lossless.webp", "color.jpg"}) {
      Pixels stored = read(PictureFiles.named(name));

      PictureFile.Upright upright = PictureFile.read(PictureFiles.turned(name, orientation));

      assertThat(upright.width()).as(name).isEqualTo(turned ? 32 : 48);
      assertThat(upright.height()).as(name).isEqualTo(turned ? 48 : 32);
      for (int y = 0; y < stored.height(); y++) {
        for (int x = 0; x < stored.width(); x++) {
          int across = position(turned ? row : column, turned ? y : x, upright.width());
          int down = position(turned ? column : row, turned ? x : y, upright.height());
          assertThat(upright.pixels().at(across, down)).as(name).isEqualTo(stored.at(x, y));
        }
      }
    }
  }

  private static int position(String side, int index, int extent) {
    return side.equals("left") || side.equals("top") ? index : extent - 1 - index;
  }

  @Test
  void read_turnsWhatImageMagickDescribed() throws PictureException {
    Pixels turned = read(PictureFiles.turned("color.png", 6));

    for (boolean compressed : new boolean[] {false, true}) {
      byte[] file = PictureFiles.profiled("color.png", 6, compressed);
      assertThat(read(file).argb()).isEqualTo(turned.argb());
      // After another profile of the same name, which is none of Exif.
      assertThat(read(PictureFiles.inserted(file, 33, PictureFiles.notExif())).argb())
          .isEqualTo(turned.argb());
      file[70] ^= 0x55;
      assertThat(read(file).argb()).as("damaged, which is no reason to refuse it").hasSize(48 * 32);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255})
  void read_passesOverOrientationsThatThereAreNot(int orientation) throws PictureException {
    assertThat(read(PictureFiles.turned("color.png", orientation)).argb())
        .isEqualTo(read(PictureFiles.named("color.png")).argb());
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "0, true"})
  void read_understandsInksWithAndWithoutAdobesMark(int transform, boolean inverted)
      throws Exception {
    Pixels expected = read(PictureFiles.named("color.png"));
    WritableRaster inks =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 48, 32, 4, new Point());
    for (int i = 0; i < expected.argb().length; i++) {
      for (int band = 0; band < 4; band++) {
        int light = band == 3 ? 255 : Pixels.value(expected.argb()[i], band);
        inks.setSample(i % 48, i / 48, band, inverted ? light : 255 - light);
      }
    }
    byte[] file = jpeg(inks);
    byte[] adobe = {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
    };

    Pixels pixels = read(transform < 0 ? file : PictureFiles.inserted(file, 2, adobe));

    assertNear(pixels, expected, 4);
  }

  private static byte[] jpeg(Raster raster) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file)) {
      writer.setOutput(out);
      ImageWriteParam best = writer.getDefaultWriteParam();
      best.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      best.setCompressionQuality(1);
      writer.write(null, new IIOImage(raster, null, null), best);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "color.png",
        "color-interlaced.png",
        "color-palette.png",
        "grey.png",
        "color.jpg",
        "color-progressive.jpg",
        "color-cmyk.jpg",
        "grey.jpg",
        "color-lossless.webp",
        "color-lossy.webp",
        "alpha-lossy.webp"
      })
  void read_refusesWhatIsTruncated(String name) {
    byte[] file = PictureFiles.named(name);
    for (int length = 0; length < file.length; length++) {
      byte[] part = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> PictureFile.read(part))
          .as("%d bytes of %s", length, name)
          .isInstanceOf(PictureException.class);
    }
  }

  /** As some programs end what they could not read to its end. */
  @Test
  void read_refusesAJpegWhoseMiddleIsMissing() {
    byte[] file = PictureFiles.named("color.jpg");
    byte[] cut = Arrays.copyOf(file, file.length - 20);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;

    assertThatThrownBy(() -> PictureFile.read(cut)).isInstanceOf(PictureException.class);
  }

  @Test
  void read_takesWhatFollowsAWholePicture() {
    byte[] file = PictureFiles.joined(PictureFiles.named("color.jpg"), new byte[] {1, 2, 3});

    assertThatCode(() -> PictureFile.read(file)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "color.gif, a GIF file",
    "color.bmp, a BMP file",
    "color.tiff, a TIFF file",
    "animated.webp, animated"
  })
  void read_refusesOtherKindsByTheirName(String name, String kind) {
    assertThatThrownBy(() -> PictureFile.read(PictureFiles.named(name)))
        .isInstanceOf(PictureException.class)
        .hasMessageContaining(kind);
  }

  @Test
  void read_refusesMorePixelsThanFitBeforeItReadsThem() {
    byte[] header = {(byte) 0, 0, (byte) 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0};
    byte[] file = PictureFiles.png(header, PictureFiles.chunk("IDAT", new byte[10]));

    assertThatThrownBy(() -> PictureFile.read(file))
        .isInstanceOf(PictureException.class)
        .hasMessageContaining("30000 x 30000");
  }

  @Test
  void read_refusesLinesOfMillionsOfPixelsBeforeItReadsThem() {
    byte[] header = {0, 0, 0, 1, 2, (byte) 0xfa, (byte) 0xf0, (byte) 0x80, 8, 0, 0, 0, 0};
    byte[] file = PictureFiles.png(header, PictureFiles.chunk("IDAT", new byte[10]));

    assertThatThrownBy(() -> PictureFile.read(file))
        .isInstanceOf(PictureException.class)
        .hasMessageContaining("1 x 50000000 pixels; at most 32768 are allowed on a side");
  }

  /** Whatever happens to a file, a picture or a refusal comes of it. */
  @Property(tries = 300)
  void read_neverFailsOtherwise(
      @ForAll @IntRange(max = 8) int which,
      @ForAll @IntRange(max = 400) int at,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    String[] names = {
      "color.png",
      "color-palette.png",
      "alpha-16bit.png",
      "color.jpg",
      "color-progressive.jpg",
      "color-cmyk.jpg",
      "color-lossless.webp",
      "color-lossy.webp",
      "alpha-lossy.webp"
    };
    byte[] file = PictureFiles.named(names[which]);
    file[at % file.length] ^= (byte) change;
    try {
      PictureFile.read(file);
    } catch (PictureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void read_keepsFourMegapixelsOfAPhoto() throws Exception {
    BufferedImage photo = new BufferedImage(4000, 3000, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 3000; y++) {
      for (int x = 0; x < 4000; x++) {
        photo.setRGB(x, y, x < 2000 ? 0x204060 : 0xd0b090);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(photo, "jpeg", file);

    PictureFile.Upright upright = PictureFile.read(file.toByteArray());

    assertThat(upright.width()).isEqualTo(4000);
    assertThat(upright.height()).isEqualTo(3000);
    Pixels kept = upright.pixels();
    assertThat(kept.width() * kept.height()).isBetween(PictureFile.MOST_KEPT / 5, 4 << 20);
    assertThat((double) kept.width() / kept.height()).isBetween(1.33, 1.34);
    assertNear(new Pixels(1, 1, new int[] {kept.at(9, 9)}), color(0x204060), 3);
    assertNear(new Pixels(1, 1, new int[] {kept.at(kept.width() - 9, 9)}), color(0xd0b090), 3);
  }

  private static Pixels color(int rgb) {
    return new Pixels(1, 1, new int[] {0xff000000 | rgb});
  }

  private static void assertNear(Pixels found, Pixels expected, int tolerance) {
    assertThat(found.width()).isEqualTo(expected.width());
    assertThat(found.height()).isEqualTo(expected.height());
    int apart = 0;
    for (int i = 0; i < found.argb().length; i++) {
      for (int channel = 0; channel < 4; channel++) {
        int difference =
            Pixels.value(found.argb()[i], channel) - Pixels.value(expected.argb()[i], channel);
        // A lossy picture is blurred between its blocks; what counts is that the color is right.
        boolean inside = i % found.width() % 16 % 15 > 1 && i / found.width() % 16 % 15 > 1;
        if (tolerance == 0 || inside) {
          apart = Math.max(apart, Math.abs(difference));
        }
      }
    }
    assertThat(apart).isLessThanOrEqualTo(tolerance);
  }
}
