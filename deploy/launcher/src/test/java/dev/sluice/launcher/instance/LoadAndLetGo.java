package dev.sluice.launcher.instance;

import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.serving.memory.NativeHeap;
import dev.sluice.serving.memory.ProcessMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A process that uses a network of some size, closes it, and says what it holds of memory. */
final class LoadAndLetGo {

  private static final int LAYERS = 8;
  private static final int WIDTH = 3072;
  private static final long LAYER_BYTES = 4L * WIDTH * WIDTH;

  /** What the network's weights take. */
  static final long WEIGHT_BYTES = LAYERS * LAYER_BYTES;

  private LoadAndLetGo() {}

  public static void main(String[] args) throws IOException {
    ProcessMemory.settle();
    Path file = Path.of(args[0], "model.safetensors");
    write(file);
    tell();
    try (TensorSource weights = SafetensorsFile.open(file);
        Network network = Network.load("wide", new Wide(), weights, LoadOptions.DEFAULT)) {
      network.run(new Wide().exampleInputs());
      tell();
    }
    NativeHeap.trim();
    tell();
  }

  private static void tell() {
    System.out.println("resident " + ProcessMemory.resident());
  }

  /** Zeros that take no space on the disk. */
  private static void write(Path file) throws IOException {
    byte[] header =
        IntStream.range(0, LAYERS)
            .mapToObj(
                layer ->
                    "\"l%d.weight\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                        .formatted(
                            layer, WIDTH, WIDTH, layer * LAYER_BYTES, (layer + 1) * LAYER_BYTES))
            .collect(Collectors.joining(",", "{", "}"))
            .getBytes(StandardCharsets.US_ASCII);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      out.write(header);
      out.setLength(8 + header.length + WEIGHT_BYTES);
    }
  }

  /** One matrix after the other. */
  private record Wide() implements Architecture {
    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      Operand<TFloat32> y = inputs.vectors(root.tf(), "x", WIDTH);
      for (int layer = 0; layer < LAYERS; layer++) {
        y = Layers.linear(root.in("l" + layer), y, WIDTH, false);
      }
      return Map.of("y", y);
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return Map.of("x", new HostTensor.Floats(new float[WIDTH], 1, WIDTH));
    }
  }
}
