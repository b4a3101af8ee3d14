package dev.sluice.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.launcher.process.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningInstanceTest {

  @TempDir private Path state;

  @Test
  void find_returnsWhatWasPublishedWhileItsGatewayListens() throws IOException {
    try (ServerSocket gateway = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      RunningInstance instance = instanceAt(ProcessHandle.current().pid(), gateway.getLocalPort());
      instance.publish(state);

      assertThat(RunningInstance.find(state)).contains(instance);
    }
  }

  @Test
  void find_ignoresAnInstanceWhoseGatewayNoLongerListens() throws IOException {
    int freePort = Ports.free(1).get(0);
    instanceAt(ProcessHandle.current().pid(), freePort).publish(state);

    assertThat(RunningInstance.find(state)).isEmpty();
  }

  @Test
  void find_ignoresAnInstanceWhoseLauncherIsGone() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      instanceAt(gone.pid(), other.getLocalPort()).publish(state);

      assertThat(RunningInstance.find(state)).isEmpty();
    }
  }

  @Test
  void await_waitsForAGatewayThatIsStartedAnew() throws Exception {
    Process launcher =
        new ProcessBuilder("sh", "-c", "sleep 60; true", "dev.sluice.launcher.Sluice").start();
    int port = Ports.free(1).get(0);
    RunningInstance instance =
        new RunningInstance(
            launcher.pid(), "127.0.0.1:1", "127.0.0.1:" + port, "", Path.of("/models"), Map.of());
    instance.publish(state);
    try {
      assertThat(RunningInstance.find(state)).isEmpty();
      CompletableFuture<Optional<RunningInstance>> found =
          CompletableFuture.supplyAsync(() -> RunningInstance.await(state, Duration.ofSeconds(30)));

      HttpServer gateway = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      gateway.createContext("/q/health/ready", call -> call.sendResponseHeaders(200, -1));
      gateway.start();
      assertThat(found.get(30, TimeUnit.SECONDS)).contains(instance);
      gateway.stop(0);
    } finally {
      launcher.destroy();
    }
  }

  @Test
  void await_doesNotWaitForSomebodyElsesProcess() throws IOException {
    int freePort = Ports.free(1).get(0);
    instanceAt(ProcessHandle.current().pid(), freePort).publish(state);

    assertThat(RunningInstance.await(state, Duration.ofDays(1))).isEmpty();
  }

  @Test
  void find_ignoresAFileThatIsNoAddress() throws IOException {
    Files.writeString(state.resolve("instance.properties"), "pid=many\n");

    assertThat(RunningInstance.find(state)).isEmpty();
  }

  @Test
  void withdraw_removesTheAddress() throws IOException {
    instanceAt(1, 1).publish(state);

    RunningInstance.withdraw(state);

    assertThat(state).isEmptyDirectory();
  }

  private static RunningInstance instanceAt(long pid, int port) {
    return new RunningInstance(
        pid,
        "127.0.0.1:" + port,
        "127.0.0.1:1",
        "127.0.0.1:2",
        Path.of("/models"),
        Map.of("denoiser", "127.0.0.1:3", "text-encoder", "127.0.0.1:4"));
  }
}
