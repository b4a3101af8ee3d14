package dev.sluice.launcher.scaling;

import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.process.ChildProcess;
import dev.sluice.launcher.process.KeptProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The replicas of one stage: as many processes as it is told, numbered from 1. */
public final class ReplicaSet {

  /** {@code terminationGracePeriodSeconds} of the manifests. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final String name;
  private final Function<String, ChildProcess> starter;
  private final StartReport report;
  private final NavigableMap<Integer, KeptProcess> replicas = new TreeMap<>();
  private final Map<ChildProcess, Long> ending = new LinkedHashMap<>();

  /**
   * @param name of the stage; that of a replica has its number after it
   * @param starter starts a replica of that name
   * @param report told of ends and new starts
   */
  public ReplicaSet(String name, Function<String, ChildProcess> starter, StartReport report) {
    this.name = name;
    this.starter = starter;
    this.report = report;
  }

  /** How many there are, without those that have been told to end. */
  public int size() {
    return replicas.size();
  }

  /** How many have been told to end, and hand over what they have begun. */
  public int ending() {
    return ending.size();
  }

  /** Starts as many as are missing, or tells the last ones to hand their work over and end. */
  public void resize(int wanted) {
    for (int number = 1; replicas.size() < wanted; number++) {
      String replica = name + "-" + number;
      boolean stillEnds = ending.keySet().stream().anyMatch(one -> one.name().equals(replica));
      if (!replicas.containsKey(number) && !stillEnds) {
        replicas.put(number, new KeptProcess(() -> starter.apply(replica), report));
      }
    }
    while (replicas.size() > wanted) {
      ChildProcess last = replicas.pollLastEntry().getValue().child();
      last.requestStop();
      ending.put(last, System.nanoTime());
    }
  }

  /** Starts those anew that have died, and forgets those that have ended as they were told. */
  public void watch() {
    replicas.values().forEach(KeptProcess::watch);
    long now = System.nanoTime();
    ending
        .entrySet()
        .removeIf(
            one -> {
              if (now - one.getValue() > GRACE.toNanos()) {
                one.getKey().kill();
              }
              return !one.getKey().isAlive();
            });
  }

  /** All processes that there still are. */
  public List<ChildProcess> processes() {
    List<ChildProcess> all = new ArrayList<>(ending.keySet());
    replicas.values().forEach(replica -> all.add(replica.child()));
    return all;
  }
}
