package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

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
          "%d %d %d%n",
          Pointer.maxBytes(), Pointer.maxPhysicalBytes(), Runtime.getRuntime().maxMemory() >> 20);
    }
  }

  @Test
  void command_limitsTheHeapAndNotTheMemoryOfNetworks() throws Exception {
    List<String> command = new ArrayList<>(ChildJvm.command("64m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Limits.class.getName()));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();

    String[] limits =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .split(" ");

    assertThat(limits).startsWith("0", "0");
    assertThat(Integer.parseInt(limits[2])).isBetween(50, 64);
  }
}
