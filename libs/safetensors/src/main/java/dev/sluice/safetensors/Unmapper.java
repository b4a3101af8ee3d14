package dev.sluice.safetensors;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/**
 * Gives a mapped window's pages back at once. Left to the garbage collector, windows that were read
 * stay resident, and a process that loads a model would hold its weights twice.
 */
final class Unmapper {

  /**
   * {@code Unsafe.invokeCleaner}, or null on a JVM without it, where the collector unmaps later.
   */
  private static final MethodHandle INVOKE_CLEANER = find();

  private Unmapper() {}

  /**
   * Unmaps; touching {@code window} afterwards would crash the JVM, so it must not have escaped.
   */
  static void unmap(MappedByteBuffer window) {
    if (INVOKE_CLEANER == null) {
      return;
    }
    try {
      INVOKE_CLEANER.invokeExact((ByteBuffer) window);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Could not unmap a window of a checkpoint", e);
    }
  }

  private static MethodHandle find() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(instance.get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }
}
