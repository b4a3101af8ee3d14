package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One recorded generation, as {@code about.json} describes it.
 *
 * @param id tells the runs of a pack apart, and names the file with the recorded tensors
 * @param className the pipeline's, diffusers'
 * @param seed of the one generator that all random numbers came from
 * @param arguments of the call, in diffusers' words
 * @param outputs the recorded outputs, {@code out.*}
 * @param tolerance the largest relative error that passes
 * @param file that this was read from, for messages
 */
record RecordedRun(
    String id,
    String className,
    long seed,
    JsonNode arguments,
    List<String> outputs,
    double tolerance,
    Path file) {

  private static final double DEFAULT_TOLERANCE = 2e-3;

  static RecordedRun of(JsonNode run, Path file) {
    List<String> outputs = new ArrayList<>();
    run.path("tensors")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (name.startsWith("out.")) {
                outputs.add(name);
              }
            });
    if (!run.path("id").isTextual() || !run.path("cls").isTextual() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + ": each of \"runs\" needs \"id\", \"cls\" and \"tensors\" with out.*, found "
              + run);
    }
    return new RecordedRun(
        run.get("id").textValue(),
        run.get("cls").textValue(),
        run.path("seed").asLong(),
        run.path("kwargs"),
        List.copyOf(outputs),
        run.path("suggested_rel_tolerance").asDouble(DEFAULT_TOLERANCE),
        file);
  }

  /** Refuses arguments that would change the outcome unseen. */
  void requireKnown(Set<String> known) {
    arguments
        .properties()
        .forEach(
            argument -> {
              if (!known.contains(argument.getKey()) && !argument.getValue().isNull()) {
                throw new IllegalArgumentException(
                    "%s: run %s gives %s the argument %s, which is not known here; known: %s"
                        .formatted(file, id, className, argument.getKey(), known));
              }
            });
  }

  String text(String argument, String whenAbsent) {
    JsonNode value = arguments.path(argument);
    if (value.isArray() && value.size() == 1) {
      value = value.get(0);
    }
    if (value.isArray()) {
      throw new IllegalArgumentException(
          "%s: run %s has several values of %s; one is expected".formatted(file, id, argument));
    }
    return value.isTextual() ? value.textValue() : whenAbsent;
  }

  int integer(String argument, int whenAbsent) {
    return arguments.path(argument).asInt(whenAbsent);
  }

  double number(String argument, double whenAbsent) {
    return arguments.path(argument).asDouble(whenAbsent);
  }
}
