package dev.sluice.launcher.process;

import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Free TCP ports on the loopback address. */
public final class Ports {

  private Ports() {}

  /** {@code count} distinct ports that nothing listens on at this moment. */
  public static List<Integer> free(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      // All are held until the last is found, so that none is given twice.
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } catch (IOException e) {
      throw new LaunchException("No free port on the loopback address: " + e.getMessage(), e);
    } finally {
      sockets.forEach(Ports::close);
    }
  }

  /** The port {@code wanted} if nothing listens on it, else {@code otherwise}. */
  public static int preferring(int wanted, int otherwise) {
    try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new LaunchException("A probed port cannot be given back: " + e.getMessage(), e);
    }
  }
}
