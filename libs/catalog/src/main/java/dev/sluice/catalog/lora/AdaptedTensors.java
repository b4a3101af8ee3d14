package dev.sluice.catalog.lora;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.HalfPrecision;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A component's weights with low-rank adaptations added: {@code W + scale * up down}, in float32,
 * rounded to the type that the weights are stored in. What is added is computed as it is read.
 */
final class AdaptedTensors implements TensorSource {

  /**
   * What is added to a weight.
   *
   * @param scale with the weight that a request gives
   */
  record Product(LoraFile file, LoraLayer layer, float scale) {}

  private final TensorSource base;
  private final Map<String, List<Product>> products;
  private final List<LoraFile> files;

  /**
   * Takes over both.
   *
   * @param products by the names of weights
   * @param files closed with this
   */
  AdaptedTensors(TensorSource base, Map<String, List<Product>> products, List<LoraFile> files) {
    this.base = base;
    this.products = products;
    this.files = files;
  }

  @Override
  public void copyFloats(String name, FloatBuffer target) {
    int start = target.position();
    base.copyFloats(name, target);
    int count = target.position() - start;
    float[] added = added(base.info(name), 0, count);
    for (int i = 0; i < added.length; i++) {
      target.put(start + i, target.get(start + i) + added[i]);
    }
  }

  @Override
  public void copyBytes(String name, long offset, ByteBuffer target) {
    int start = target.position();
    base.copyBytes(name, offset, target);
    if (!products.containsKey(name)) {
      return;
    }
    TensorInfo info = base.info(name);
    int width = info.dtype().byteSize();
    int count = (target.position() - start) / width;
    ByteBuffer stored = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    stored.limit(target.position()).position(start);
    float[] values = new float[count];
    info.dtype().toFloats(stored, FloatBuffer.wrap(values));
    float[] added = added(info, offset / width, count);
    for (int i = 0; i < count; i++) {
      put(stored, start + i * width, info.dtype(), values[i] + added[i]);
    }
  }

  private static void put(ByteBuffer target, int at, DType type, float value) {
    switch (type) {
      case F32 -> target.putFloat(at, value);
      case F16 -> target.putShort(at, HalfPrecision.toF16(value));
      case BF16 -> target.putShort(at, HalfPrecision.toBf16(value));
      default -> throw new IllegalStateException("weights of type " + type + " are not adapted");
    }
  }

  /** What is added to values of a weight; empty if it is none of those that are adapted. */
  private float[] added(TensorInfo info, long begin, int count) {
    List<Product> of = products.getOrDefault(info.name(), List.of());
    if (of.isEmpty()) {
      return new float[0];
    }
    float[] sum = new float[count];
    int columns = Math.toIntExact(info.elements() / info.shape()[0]);
    for (Product product : of) {
      float[] up = product.file().values(product.layer().up());
      float[] down = product.file().values(product.layer().down());
      int rank = down.length / columns;
      for (int at = 0; at < count; ) {
        int row = Math.toIntExact((begin + at) / columns);
        int column = (int) ((begin + at) % columns);
        int length = Math.min(columns - column, count - at);
        for (int r = 0; r < rank; r++) {
          float factor = product.scale() * up[row * rank + r];
          int from = r * columns + column;
          for (int i = 0; i < length; i++) {
            sum[at + i] += factor * down[from + i];
          }
        }
        at += length;
      }
    }
    return sum;
  }

  @Override
  public Set<String> names() {
    return base.names();
  }

  @Override
  public TensorInfo info(String name) {
    return base.info(name);
  }

  @Override
  public long[] longs(String name) {
    return base.longs(name);
  }

  @Override
  public String origin(String name) {
    // What is wrong with the sum may be either's fault.
    return base.origin(name)
        + products.getOrDefault(name, List.of()).stream()
            .map(product -> " with " + product.file().origin(product.layer()))
            .distinct()
            .collect(Collectors.joining());
  }

  @Override
  public Map<String, String> metadata() {
    return base.metadata();
  }

  @Override
  public void close() {
    base.close();
    files.forEach(LoraFile::close);
  }
}
