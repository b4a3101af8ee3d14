package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class ChildJvmTest {

  /** What a child's virtual machine says of its limits. */
  static final class Limits {

    private Limits() {}

    public static void main(String[] args) {
      System.out.printf(
          "%d %d %d %s%n",
          Pointer.maxBytes(),
          Pointer.maxPhysicalBytes(),
          Runtime.getRuntime().maxMemory() >> 20,
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption("TieredStopAtLevel")
              .getValue());
    }
  }

  @Test
  void ofService_limitsTheHeapAndNotTheMemoryOfNetworks() throws Exception {
    List<String> limits = limits(ChildJvm.ofService("64m", true));

    assertThat(limits).startsWith("0", "0");
    assertThat(Integer.parseInt(limits.get(2))).isBetween(50, 64);
  }

  @Test
  void ofService_hasTheSecondCompilerForLargeModelsOnly() throws Exception {
    assertThat(limits(ChildJvm.ofService("64m", true))).endsWith("4");
    assertThat(limits(ChildJvm.ofService("64m", false))).endsWith("1");
    assertThat(limits(ChildJvm.ofBroker("64m"))).endsWith("1");
  }

  private static List<String> limits(List<String> beginning) throws Exception {
    List<String> command = new ArrayList<>(beginning);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Limits.class.getName()));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return List.of(said.strip().split(" "));
  }
}
