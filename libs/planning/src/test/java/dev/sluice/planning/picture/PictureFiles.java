package dev.sluice.planning.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Files to read, which other programs wrote, and what can be done to them. */
final class PictureFiles {

  private PictureFiles() {}

  static byte[] named(String name) {
    try (InputStream file = PictureFiles.class.getResourceAsStream("/pictures/" + name)) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file with a block of Exif in it that gives an orientation, where its kind has such. */
  static byte[] turned(String name, int orientation) {
    byte[] file = named(name);
    byte[] exif = exif(orientation);
    if (name.endsWith(".png")) {
      // After the signature and the header.
      return inserted(file, 33, chunk("eXIf", exif));
    }
    if (name.endsWith(".jpg")) {
      byte[] body = joined("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1), exif);
      byte[] head = {(byte) 0xff, (byte) 0xe1, 0, (byte) (body.length + 2)};
      return inserted(file, 2, joined(head, body));
    }
    byte[] extended = {'V', 'P', '8', 'X', 10, 0, 0, 0, 0x08, 0, 0, 0, 47, 0, 0, 31, 0, 0};
    byte[] head = {'E', 'X', 'I', 'F', (byte) exif.length, 0, 0, 0};
    byte[] all = joined(inserted(file, 12, extended), joined(head, exif));
    all[4] = (byte) (all.length - 8);
    all[5] = (byte) (all.length - 8 >> 8);
    return all;
  }

  /** A PNG file that gives an orientation as ImageMagick writes it. */
  static byte[] profiled(String name, int orientation, boolean compressed) {
    byte[] exif = joined("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1), exif(orientation));
    byte[] text =
        "\nexif\n%8d\n%s\n"
            .formatted(exif.length, HexFormat.of().formatHex(exif).replaceAll("(.{72})", "$1\n"))
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] keyword = "Raw profile type exif\0".getBytes(StandardCharsets.ISO_8859_1);
    byte[] chunk =
        compressed
            ? chunk("zTXt", joined(keyword, joined(new byte[1], deflated(text))))
            : chunk("tEXt", joined(keyword, text));
    return inserted(named(name), 33, chunk);
  }

  /** A chunk that begins as Exif does, and is another profile. */
  static byte[] notExif() {
    String text = "Raw profile type APP1\0\nAPP1\n       4\n3c783e0a\n";
    return chunk("tEXt", text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] deflated(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A TIFF header and a directory of one entry. */
  private static byte[] exif(int orientation) {
    return new byte[] {
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      0x01,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
  }

  /** A file of such a header and such chunks after it, up to the one that ends it. */
  static byte[] png(byte[] header, byte[]... chunks) {
    byte[] file = joined(PngFile.SIGNATURE, chunk("IHDR", header));
    for (byte[] chunk : chunks) {
      file = joined(file, chunk);
    }
    return joined(file, chunk("IEND", new byte[0]));
  }

  static byte[] chunk(String type, byte[] content) {
    byte[] named = joined(type.getBytes(StandardCharsets.ISO_8859_1), content);
    CRC32 check = new CRC32();
    check.update(named);
    return joined(joined(big(content.length), named), big(check.getValue()));
  }

  private static byte[] big(long value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  static byte[] inserted(byte[] file, int at, byte[] part) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(file, 0, at);
    all.writeBytes(part);
    all.write(file, at, file.length - at);
    return all.toByteArray();
  }

  static byte[] joined(byte[] one, byte[] other) {
    return inserted(one, one.length, other);
  }
}
