package dev.sluice.networks.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.Goldens;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/** Estimates against what TensorFlow's allocator was asked for in a call. */
class ActivationMemoryTest {

  static Stream<Arguments> calls() {
    return Stream.of(
        Arguments.of("unet-sd15", unet(2, 32)),
        Arguments.of("unet-sd15", unet(3, 64)),
        Arguments.of("vae-sd", Map.of("z", zeros(1, 4, 48, 48))),
        Arguments.of("vae-sd", Map.of("x", zeros(2, 3, 128, 128))),
        Arguments.of(
            "t5-encoder", Map.of("input_ids", new HostTensor.Longs(new long[256], 2, 128))));
  }

  private static Map<String, HostTensor> unet(int rows, int side) {
    return Map.of(
        "sample", zeros(rows, 4, side, side),
        "timestep", zeros(rows),
        "encoder_hidden_states", zeros(rows, 77, 24));
  }

  private static HostTensor.Floats zeros(int... shape) {
    return new HostTensor.Floats(new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)], shape);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void estimate_isWithinAFactorOfTwoOfWhatACallAllocates(
      String pack, Map<String, HostTensor> inputs) {
    Architecture architecture =
        Architectures.of(Config.read(Goldens.folder(pack).resolve("config.json")));
    long estimate = ActivationMemory.of(architecture, inputs, WeightPrecision.FLOAT32);

    try (Network network =
        Network.initialize(architecture, parameter -> new float[(int) parameter.size()])) {
      double measured = peak(network, inputs);
      assertThat(estimate / measured).as("%d of %.0f", estimate, measured).isBetween(0.5, 2.0);
    }
  }

  private static double peak(Network network, Map<String, HostTensor> inputs) {
    RunMetadata metadata;
    try (NetworkCall call = network.call(inputs)) {
      call.run();
      metadata = call.trace();
    }
    List<AllocationRecord> records = new ArrayList<>();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        for (AllocatorMemoryUsed memory : node.getMemoryList()) {
          records.addAll(memory.getAllocationRecordsList());
        }
      }
    }
    records.sort(Comparator.comparingLong(AllocationRecord::getAllocMicros));
    long now = 0;
    long peak = 0;
    for (AllocationRecord record : records) {
      now += record.getAllocBytes();
      peak = Math.max(peak, now);
    }
    return peak;
  }
}
