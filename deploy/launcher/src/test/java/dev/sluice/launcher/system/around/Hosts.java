package dev.sluice.launcher.system.around;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Several hosts on one machine: network namespaces of Linux, whose cables lead to one switch. The
 * first is this process' own.
 */
public final class Hosts implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final long pid = ProcessHandle.current().pid();
  private final String suffix = Long.toString(pid, 36);
  private final List<String> others = new ArrayList<>();
  private final Thread atExit = new Thread(this::remove, "remove hosts");

  private Hosts() {}

  /** Why hosts cannot be made here; empty if they can. */
  public static String hindrance() throws IOException, InterruptedException {
    if (!Programs.areInstalled("ip")) {
      return "ip is not installed; deploy/debian-packages does that";
    }
    // The kernel decides; to ask it is to do it.
    String name = "slt" + Long.toString(ProcessHandle.current().pid(), 36);
    Programs.Outcome outcome = ip("link", "add", name, "type", "bridge");
    if (outcome.status() == 0) {
      ip("link", "del", name);
      return "";
    }
    return "hosts cannot be made: " + outcome.said().strip();
  }

  /**
   * Connects hosts.
   *
   * @param count how many, this one included
   */
  public static Hosts connect(int count) throws IOException, InterruptedException {
    Hosts hosts = new Hosts();
    Runtime.getRuntime().addShutdownHook(hosts.atExit);
    try {
      must("link", "add", hosts.hub(), "type", "bridge");
      must("addr", "add", hosts.address(1) + "/24", "dev", hosts.hub());
      must("link", "set", hosts.hub(), "up");
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
    must("netns", "add", name(host));
    others.add(name(host));
    must("link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns", name(host));
    must("link", "set", cable(host), "master", hub(), "up");
    must("-n", name(host), "addr", "add", address(host) + "/24", "dev", "eth0");
    must("-n", name(host), "link", "set", "eth0", "up");
    must("-n", name(host), "link", "set", "lo", "up");
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

  /** Where others reach a host: in a network that no other process's hosts are likely to have. */
  public String address(int host) {
    return "10.213.%d.%d".formatted(1 + pid % 250, host);
  }

  /** The command that runs another one on a host. */
  public List<String> on(int host) {
    return host == 1 ? List.of() : List.of("ip", "netns", "exec", name(host));
  }

  /** Pulls a host's cable. */
  public void cutOff(int host) throws IOException, InterruptedException {
    must("link", "set", cable(host), "down");
  }

  /** Plugs it in again. */
  public void reconnect(int host) throws IOException, InterruptedException {
    must("link", "set", cable(host), "up");
  }

  private static void must(String... arguments) throws IOException, InterruptedException {
    Programs.Outcome outcome = ip(arguments);
    if (outcome.status() != 0) {
      throw new IOException("ip " + String.join(" ", arguments) + ": " + outcome.said().strip());
    }
  }

  private static Programs.Outcome ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return Programs.run(new ProcessBuilder(command), PATIENCE);
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }

  /** What is not there any more, or never was, is no reason not to go on. */
  private void remove() {
    try {
      for (String name : others) {
        // Their cables go with them.
        ip("netns", "del", name);
      }
      ip("link", "del", hub());
    } catch (IOException e) {
      throw new IllegalStateException("hosts could not be removed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
