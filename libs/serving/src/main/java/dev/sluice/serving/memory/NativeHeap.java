package dev.sluice.serving.memory;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C library's heap, which networks' weights and work come from where TensorFlow is told to use
 * it ({@code TF_ONEDNN_USE_SYSTEM_ALLOCATOR}). TensorFlow's own pool never gives anything back.
 */
public final class NativeHeap {

  private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);

  private NativeHeap() {}

  /**
   * Gives what is free in it back to the machine; a tenth of a second for some gigabytes. The
   * virtual machine has a command for it since release 17.0.9; nothing happens before.
   */
  public static void trim() {
    try {
      Object told =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "systemTrimNativeHeap",
                  null,
                  null);
      LOG.debug("{}", told);
    } catch (JMException e) {
      LOG.debug("This virtual machine cannot trim the native heap: {}", e.toString());
    }
  }
}
