package dev.sluice.networks.graph;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The graphs of one network by shape of input, the least recently used of which make room for new
 * ones. A graph that is in use is closed by its last user. Shapes are built side by side; who asks
 * for one that is being built waits for it.
 */
final class GraphCache implements AutoCloseable {

  private final int capacity;
  private final Function<Map<String, HostTensor>, NetworkGraph> builder;
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  GraphCache(int capacity, Function<Map<String, HostTensor>, NetworkGraph> builder) {
    this.capacity = capacity;
    this.builder = builder;
  }

  /** A graph that stays open until the lease is closed. */
  interface Lease extends AutoCloseable {
    NetworkGraph graph();

    @Override
    void close();
  }

  private final class Entry implements Lease {
    private NetworkGraph graph;

    /** Guarded by the cache. */
    private int users;

    /** Whether the cache has let go of it; guarded by the cache. */
    private boolean evicted;

    @Override
    public NetworkGraph graph() {
      return graph;
    }

    private synchronized void build(Map<String, HostTensor> like) {
      if (graph == null) {
        graph = builder.apply(like);
      }
    }

    @Override
    public void close() {
      synchronized (GraphCache.this) {
        users--;
        closeIfUnused();
      }
    }

    private void closeIfUnused() {
      if (evicted && users == 0 && graph != null) {
        graph.close();
        graph = null;
      }
    }
  }

  /**
   * The graph for inputs of these shapes, whatever their number of rows.
   *
   * @throws IllegalStateException when the network is closed
   * @throws IllegalArgumentException when the architecture takes no such inputs
   */
  Lease lease(Map<String, HostTensor> inputs) {
    String key = key(inputs);
    Entry entry;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the network is closed");
      }
      entry = entries.computeIfAbsent(key, k -> new Entry());
      entry.users++;
      makeRoom();
    }
    try {
      entry.build(inputs);
      return entry;
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        entries.remove(key, entry);
        entry.evicted = true;
      }
      entry.close();
      throw e;
    }
  }

  private void makeRoom() {
    Iterator<Entry> eldest = entries.values().iterator();
    while (entries.size() > capacity) {
      Entry entry = eldest.next();
      eldest.remove();
      entry.evicted = true;
      entry.closeIfUnused();
    }
  }

  /** The number of graphs. */
  synchronized int size() {
    return entries.size();
  }

  private static String key(Map<String, HostTensor> inputs) {
    return new TreeMap<>(inputs)
        .entrySet().stream()
            .map(
                e -> {
                  int[] shape = e.getValue().shape();
                  return e.getKey()
                      + e.getValue().getClass().getSimpleName()
                      + Arrays.toString(
                          Arrays.copyOfRange(shape, Math.min(1, shape.length), shape.length));
                })
            .collect(Collectors.joining(";"));
  }

  /** Closes the graphs, those in use as soon as they are not. */
  @Override
  public synchronized void close() {
    closed = true;
    entries
        .values()
        .forEach(
            entry -> {
              entry.evicted = true;
              entry.closeIfUnused();
            });
    entries.clear();
  }
}
