package dev.sluice.launcher.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Several hosts on one machine: network namespaces of Linux, whose cables lead to one switch. The
 * first is this process' own.
 */
final class Hosts implements AutoCloseable {

  private static final String NETWORK = "10.213.77.";

  private final String suffix = Long.toString(ProcessHandle.current().pid(), 36);
  private final List<String> others = new ArrayList<>();

  private Hosts() {}

  /**
   * Connects hosts.
   *
   * @param count how many, this one included
   * @throws IOException where they cannot be made, as by a user who may not
   */
  static Hosts connect(int count) throws IOException, InterruptedException {
    Hosts hosts = new Hosts();
    try {
      hosts.ip("link", "add", hosts.hub(), "type", "bridge");
      hosts.ip("addr", "add", hosts.address(1) + "/24", "dev", hosts.hub());
      hosts.ip("link", "set", hosts.hub(), "up");
      for (int host = 2; host <= count; host++) {
        hosts.add(host);
      }
      return hosts;
    } catch (IOException | InterruptedException | RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  private void add(int host) throws IOException, InterruptedException {
    ip("netns", "add", name(host));
    others.add(name(host));
    ip("link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns", name(host));
    ip("link", "set", cable(host), "master", hub(), "up");
    ip("-n", name(host), "addr", "add", address(host) + "/24", "dev", "eth0");
    ip("-n", name(host), "link", "set", "eth0", "up");
    ip("-n", name(host), "link", "set", "lo", "up");
  }

  /** Names of interfaces have 15 characters. */
  private String hub() {
    return "slb" + suffix;
  }

  private String cable(int host) {
    return "slc" + suffix + host;
  }

  private String name(int host) {
    return "sluice-" + suffix + "-" + host;
  }

  /** Where others reach a host. */
  String address(int host) {
    return NETWORK + host;
  }

  /** The command that runs another one on a host. */
  List<String> on(int host) {
    return host == 1 ? List.of() : List.of("ip", "netns", "exec", name(host));
  }

  /** Pulls a host's cable. */
  void cutOff(int host) throws IOException, InterruptedException {
    ip("link", "set", cable(host), "down");
  }

  /** Plugs it in again. */
  void reconnect(int host) throws IOException, InterruptedException {
    ip("link", "set", cable(host), "up");
  }

  private void ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
  }

  @Override
  public void close() throws InterruptedException {
    List<String[]> removals = new ArrayList<>();
    // Their cables go with them.
    others.forEach(name -> removals.add(new String[] {"netns", "del", name}));
    removals.add(new String[] {"link", "del", hub()});
    for (String[] removal : removals) {
      try {
        ip(removal);
      } catch (IOException e) {
        // It was not made.
      }
    }
  }
}
