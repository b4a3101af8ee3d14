package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {

  @Test
  void of_namesTheProcessThatListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(PortOwner.of(port))
          .hasValueSatisfying(
              owner ->
                  assertThat(owner).startsWith("process " + ProcessHandle.current().pid() + " ("));
    }
    assertThat(PortOwner.of(port)).isEmpty();
  }
}
