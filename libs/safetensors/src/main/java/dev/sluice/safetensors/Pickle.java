package dev.sluice.safetensors;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Pickle checkpoints are programs: reading one runs what its author wrote. They are recognised so
 * that the user can be told what to do, and never opened.
 */
final class Pickle {

  private static final List<String> EXTENSIONS =
      List.of(".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle");

  private static final String ADVICE =
      "Pickle files can run any code and are never opened here. Download the .safetensors file of"
          + " the same model, or convert it once where you trust it, in Python:"
          + " safetensors.torch.save_file(torch.load(path, weights_only=True),"
          + " 'model.safetensors')";

  private Pickle() {}

  static boolean isPickle(Path file) {
    Path name = file.getFileName();
    String lower = name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    return EXTENSIONS.stream().anyMatch(lower::endsWith);
  }

  static void refuse(Path file) {
    if (isPickle(file)) {
      throw SafetensorsException.of(file, "is a pickle checkpoint. " + ADVICE);
    }
  }

  /** What a file that is not safetensors seems to be, told by its first bytes; may be empty. */
  static String hint(byte[] start) {
    String ascii = new String(start, StandardCharsets.ISO_8859_1);
    if (ascii.startsWith("PK\u0003\u0004") || ascii.charAt(0) == '\u0080') {
      return ". It looks like a renamed pickle checkpoint. " + ADVICE;
    }
    if (ascii.startsWith("version")) {
      return ". It looks like a Git LFS pointer: fetch the real file with 'git lfs pull'";
    }
    if (ascii.startsWith("<!") || ascii.startsWith("<html")) {
      return ". It looks like a web page that was saved instead of the file";
    }
    return "";
  }
}
