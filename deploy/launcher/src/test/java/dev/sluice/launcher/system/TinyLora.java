package dev.sluice.launcher.system;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A LoRA for the recorded latent diffusion, large enough to be seen in its pictures. */
final class TinyLora {

  static final String NAME = "other";

  private static final String LAYER = "unet.conv_in";

  private TinyLora() {}

  /** Writes it into a folder; returns the file. */
  static Path write(Path folder) {
    Random random = new Random(1);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    tensors.put(LAYER + ".lora_A.weight", tensor(random, 2, 4, 3, 3));
    tensors.put(LAYER + ".lora_B.weight", tensor(random, 8, 2, 1, 1));
    try {
      Path file = Files.createDirectories(folder).resolve("tiny-lora.safetensors");
      SafetensorsWriter.write(file, tensors, Map.of());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NamedTensor tensor(Random random, long... shape) {
    float[] values = new float[(int) (shape[0] * shape[1] * shape[2] * shape[3])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new NamedTensor(DType.F16, shape, values);
  }
}
