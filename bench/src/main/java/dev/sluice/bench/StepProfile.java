package dev.sluice.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.TensorShapeProto;

/** What TensorFlow notes of one run: each operation's time, added up by kind and by shape. */
final class StepProfile {

  /** One kind of operation, or one kind on one shape. */
  private record Entry(String name, int count, long micros) {
    Entry plus(long more) {
      return new Entry(name, count + 1, micros + more);
    }
  }

  private final Map<String, Entry> byKind = new TreeMap<>();
  private final Map<String, Entry> byShape = new TreeMap<>();
  private long total;

  private StepProfile() {}

  static StepProfile of(RunMetadata metadata) {
    StepProfile profile = new StepProfile();
    Map<String, String> shapes = new HashMap<>();
    List<NodeExecStats> nodes = new ArrayList<>();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      nodes.addAll(device.getNodeStatsList());
    }
    nodes.forEach(node -> shapes.put(node.getNodeName(), shape(node)));
    nodes.forEach(node -> profile.add(node, shapes));
    return profile;
  }

  /** A label is {@code name = Kind(input, input)}. */
  private void add(NodeExecStats node, Map<String, String> shapes) {
    String label = node.getTimelineLabel();
    int equals = label.indexOf(" = ");
    int open = label.indexOf('(', equals);
    String kind = equals < 0 || open < 0 ? node.getNodeName() : label.substring(equals + 3, open);
    String inputs =
        open < 0
            ? ""
            : List.of(label.substring(open + 1, label.lastIndexOf(')')).split(", ?")).stream()
                .filter(name -> !name.startsWith("^"))
                .map(name -> shapes.getOrDefault(name.replaceAll(":\\d+$", ""), "?"))
                .collect(Collectors.joining(" "));
    long micros = node.getOpEndRelMicros() - node.getOpStartRelMicros();
    total += micros;
    count(byKind, kind, micros);
    count(byShape, kind + " " + inputs + " -> " + shape(node), micros);
  }

  private static void count(Map<String, Entry> table, String name, long micros) {
    table.put(name, table.getOrDefault(name, new Entry(name, 0, 0)).plus(micros));
  }

  private static String shape(NodeExecStats node) {
    if (node.getOutputCount() == 0) {
      return "[]";
    }
    TensorShapeProto shape = node.getOutput(0).getTensorDescription().getShape();
    return shape.getDimList().stream()
        .map(dim -> Long.toString(dim.getSize()))
        .collect(Collectors.joining("x", "[", "]"));
  }

  /** Prints both tables, the most time first, {@code limit} lines of each. */
  void print(PrintStream out, int limit) {
    out.printf("%10s %7s %6s  %s%n", "ms", "share", "count", "operation");
    print(out, byKind, limit);
    out.printf("%n%10s %7s %6s  %s%n", "ms", "share", "count", "operation, inputs, output");
    print(out, byShape, limit);
  }

  private void print(PrintStream out, Map<String, Entry> table, int limit) {
    table.values().stream()
        .sorted(Comparator.comparingLong(Entry::micros).reversed())
        .limit(limit)
        .forEach(
            entry ->
                out.printf(
                    "%10.1f %6.1f%% %6d  %s%n",
                    entry.micros() / 1e3,
                    100.0 * entry.micros() / total,
                    entry.count(),
                    entry.name()));
  }
}
