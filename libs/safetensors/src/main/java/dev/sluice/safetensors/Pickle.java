package dev.sluice.safetensors;

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

  static final String ADVICE =
      "Pickle files can run any code and are never opened here. Download the .safetensors file of"
          + " the same model, or convert it once where you trust it, in Python:"
          + " safetensors.torch.save_file(torch.load(path, weights_only=True),"
          + " 'model.safetensors')";

  private Pickle() {}

  static boolean isPickle(Path file) {
    Path name = file.getFileName();
    String lower = name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    return !lower.startsWith("openvino") && EXTENSIONS.stream().anyMatch(lower::endsWith);
  }

  static void refuse(Path file) {
    if (isPickle(file)) {
      throw SafetensorsException.of(file, "is a pickle checkpoint. " + ADVICE);
    }
  }
}
