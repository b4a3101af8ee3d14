package dev.sluice.serving;

import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Tensors that tell how much of them is read.
 *
 * @param read told the stored bytes of what was just read
 */
record WatchedTensors(TensorSource source, LongConsumer read) implements TensorSource {

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public TensorInfo info(String name) {
    return source.info(name);
  }

  @Override
  public float[] floats(String name) {
    float[] values = source.floats(name);
    tell(name);
    return values;
  }

  @Override
  public long[] longs(String name) {
    return source.longs(name);
  }

  @Override
  public void copyFloats(String name, FloatBuffer target) {
    source.copyFloats(name, target);
    tell(name);
  }

  @Override
  public void copyBytes(String name, long offset, ByteBuffer target) {
    int bytes = target.remaining();
    source.copyBytes(name, offset, target);
    read.accept(bytes);
  }

  private void tell(String name) {
    read.accept(source.info(name).byteLength());
  }

  @Override
  public String origin(String name) {
    return source.origin(name);
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public void close() {
    source.close();
  }
}
