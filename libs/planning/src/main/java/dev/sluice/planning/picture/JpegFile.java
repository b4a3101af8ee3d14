package dev.sluice.planning.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * The segments of a JPEG file (ITU-T T.81, annex B).
 *
 * @param components 1 of grey, 3 of colors, 4 of inks
 * @param adobe the transform that Adobe's marker names: 0 for none, 1 for YCbCr, 2 for YCCK; -1
 *     without such a marker
 */
record JpegFile(int components, int adobe) implements StoredPicture.Decoder {

  static final byte[] START = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  /** Enough for any encoder; a small file of many more would keep a decoder busy for hours. */
  private static final int MOST_SCANS = 100;

  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int TEM = 0x01;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};
  private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};

  /** Says that three components are YCbCr. */
  private static final byte[] JFIF_SEGMENT = {
    (byte) 0xff, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  /**
   * Reads the segments.
   *
   * @throws PictureException when the end is missing or the picture is of a kind that is not read
   */
  static StoredPicture read(byte[] file) throws PictureException {
    return new Segments(file).read();
  }

  /** Goes through a file once. */
  private static final class Segments {

    private final byte[] file;
    private final ByteArrayOutputStream kept;
    private int at = 2;
    private byte[] exif;
    private byte[] adobeSegment;
    private boolean jfif;
    private byte[] frame;
    private int scans;

    Segments(byte[] file) {
      this.file = file;
      this.kept = new ByteArrayOutputStream(file.length);
    }

    StoredPicture read() throws PictureException {
      int marker = marker();
      while (marker != EOI) {
        if (!isAlone(marker)) {
          segment(marker);
        }
        marker = marker();
      }
      if (frame == null || scans == 0) {
        throw new PictureException("is a JPEG file without a picture in it.");
      }
      return stored();
    }

    private StoredPicture stored() throws PictureException {
      int components = frame.length > 9 ? Bytes.unsigned(frame, 9) : 0;
      if (components != 1 && components != 3 && components != 4) {
        throw new PictureException(
            "is a JPEG file of %d components; send one of grey, colors or four inks."
                .formatted(components));
      }
      int adobe =
          adobeSegment == null || adobeSegment.length < 16 ? -1 : Bytes.unsigned(adobeSegment, 15);
      ByteArrayOutputStream whole = new ByteArrayOutputStream(kept.size() + 64);
      whole.write(0xff);
      whole.write(SOI);
      // Inks are made colors of here, where the decoder would guess.
      if (components == 3) {
        if (adobeSegment != null && !jfif) {
          whole.writeBytes(adobeSegment);
        } else if (jfif || !isNamedRgb()) {
          whole.writeBytes(JFIF_SEGMENT);
        }
      }
      whole.writeBytes(kept.toByteArray());
      whole.write(0xff);
      whole.write(EOI);
      return new StoredPicture(whole.toByteArray(), exif, new JpegFile(components, adobe));
    }

    /** Whether the components are called R, G and B. */
    private boolean isNamedRgb() {
      return frame.length >= 19 && frame[10] == 'R' && frame[13] == 'G' && frame[16] == 'B';
    }

    private static boolean isAlone(int marker) {
      return marker == TEM || marker >= 0xd0 && marker <= SOI;
    }

    /** The next marker; what fills the space before it is passed over. */
    private int marker() throws PictureException {
      while (at + 1 < file.length) {
        int marker = Bytes.unsigned(file, at + 1);
        if (file[at] == (byte) 0xff && marker != 0xff && marker != 0) {
          at += 2;
          return marker;
        }
        at++;
      }
      throw PictureFile.truncated("JPEG");
    }

    private void segment(int marker) throws PictureException {
      if (file.length - at < 2
          || Bytes.big16(file, at) < 2
          || Bytes.big16(file, at) > file.length - at) {
        throw PictureFile.truncated("JPEG");
      }
      int end = at + Bytes.big16(file, at);
      byte[] whole = Arrays.copyOfRange(file, at - 2, end);
      at = end;
      if (marker == APP1 && exif == null && Bytes.startsWith(whole, 4, EXIF)) {
        exif = Arrays.copyOfRange(whole, 4, whole.length);
      } else if (marker == APP14 && Bytes.startsWith(whole, 4, ADOBE)) {
        adobeSegment = whole;
      } else if (marker == APP0 && Bytes.startsWith(whole, 4, JFIF)) {
        jfif = true;
      }
      if (marker >= APP0 && marker <= APP15 || marker == COM) {
        return;
      }
      if (isFrame(marker)) {
        frame(marker, whole);
      }
      kept.writeBytes(whole);
      if (marker == SOS) {
        scan();
      }
    }

    private static boolean isFrame(int marker) {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private void frame(int marker, byte[] whole) throws PictureException {
      if (frame != null) {
        throw new PictureException("is a JPEG file of more than one picture; send one.");
      }
      if (marker > 0xc2 || whole.length < 10 || Bytes.unsigned(whole, 4) != 8) {
        throw new PictureException(
            "is a JPEG file of a rare kind (arithmetic, lossless, hierarchical or of more than 8"
                + " bits); send a usual one.");
      }
      frame = whole;
    }

    /** Coded data, up to the next marker that is no restart. */
    private void scan() throws PictureException {
      if (++scans > MOST_SCANS) {
        throw new PictureException(
            "is a JPEG file of more than %d scans; send a usual one.".formatted(MOST_SCANS));
      }
      int begin = at;
      while (true) {
        if (at + 1 >= file.length) {
          throw PictureFile.truncated("JPEG");
        }
        int next = Bytes.unsigned(file, at + 1);
        if (file[at] == (byte) 0xff && next != 0xff && next != 0 && (next < 0xd0 || next > 0xd7)) {
          break;
        }
        at++;
      }
      kept.write(file, begin, at - begin);
    }
  }

  @Override
  public ImageReader reader() {
    return ImageIO.getImageReadersByFormatName("jpeg").next();
  }

  @Override
  public Pixels.Rows decode(ImageReader reader) throws IOException {
    return switch (components) {
      case 1 -> ComponentRows.of(reader.readRaster(0, null), 8);
      case 3 -> ComponentRows.of(reader.read(0));
      default -> ComponentRows.ofInks(reader.readRaster(0, null), adobe == 2, adobe >= 0);
    };
  }
}
