package dev.sluice.serving.memory;

import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * In which type a network's weights are held, and what they take then.
 *
 * @param type of most of them
 * @param bytes of all
 */
public record StoredPrecision(DType type, long bytes) {

  /** Of weights that are loaded with a setting; only their headers are read. */
  public static StoredPrecision of(TensorSource weights, WeightPrecision setting) {
    List<TensorInfo> tensors = weights.names().stream().map(weights::info).toList();
    long values = tensors.stream().mapToLong(TensorInfo::elements).sum();
    if (!setting.keepsStored(values)) {
      return new StoredPrecision(DType.F32, Float.BYTES * values);
    }
    Map<DType, Long> bytes =
        tensors.stream()
            .collect(
                Collectors.groupingBy(
                    TensorInfo::dtype, Collectors.summingLong(TensorInfo::byteLength)));
    DType most = Collections.max(bytes.entrySet(), Map.Entry.comparingByValue()).getKey();
    return new StoredPrecision(
        most,
        tensors.stream()
            .mapToLong(
                tensor -> tensor.elements() * Math.min(Float.BYTES, tensor.dtype().byteSize()))
            .sum());
  }

  /** As statuses name it. */
  public String label() {
    return switch (type) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      default -> "float32";
    };
  }
}
