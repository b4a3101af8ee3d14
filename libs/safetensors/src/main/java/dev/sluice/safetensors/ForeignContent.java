package dev.sluice.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a file of a model holds when it is not what its name says: it is told by its first bytes.
 */
public final class ForeignContent {

  private static final int LOOKED_AT = 64;

  private ForeignContent() {}

  /** What a file seems to be, as the end of a sentence; empty if there is nothing to say. */
  public static String hint(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return hint(in.readNBytes(LOOKED_AT));
    } catch (IOException e) {
      return "";
    }
  }

  /** As {@link #hint(Path)}, of a file that starts with these bytes. */
  static String hint(byte[] start) {
    if (start.length == 0) {
      return ". It is empty: fetch it again";
    }
    String ascii = new String(start, StandardCharsets.ISO_8859_1);
    String text = ascii.replace("\u00EF\u00BB\u00BF", "").strip().toLowerCase(Locale.ROOT);
    if (ascii.startsWith("PK\u0003\u0004") || ascii.charAt(0) == '\u0080') {
      return ". It looks like a renamed pickle checkpoint. " + Pickle.ADVICE;
    }
    if (ascii.startsWith("GGUF")) {
      return ". It looks like a renamed GGUF file, which is not read: fetch the .safetensors file";
    }
    if (text.startsWith("version https://git-lfs") || text.equals("version")) {
      return ". It looks like a Git LFS pointer: fetch the real file with 'git lfs pull'";
    }
    if (text.startsWith("<!") || text.startsWith("<html")) {
      return ". It looks like a web page that was saved instead of the file";
    }
    return "";
  }

  /**
   * Whether a file is empty, a Git LFS pointer or a web page, whatever else was to be in it.
   *
   * @throws SafetensorsException if so, saying which
   */
  public static void refuse(Path file) {
    String hint = hint(file);
    if (!hint.isEmpty()) {
      throw SafetensorsException.of(file, "is not what its name says" + hint);
    }
  }
}
