package dev.sluice.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void free_portsAreDistinct() {
    assertThat(Ports.free(5)).doesNotHaveDuplicates().hasSize(5);
  }

  @Test
  void preferring_takesTheOtherPortOnlyWhenTheWantedOneIsTaken() throws Exception {
    int wanted;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      wanted = taken.getLocalPort();
      assertThat(Ports.preferring(wanted, 1)).isEqualTo(1);
    }
    assertThat(Ports.preferring(wanted, 1)).isEqualTo(wanted);
  }
}
