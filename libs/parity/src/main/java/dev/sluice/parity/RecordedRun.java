package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.pipeline.request.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
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
    return value.isTextual() ? value.textValue() : whenAbsent;
  }

  /** Each picture's prompt, with its negative one and the texts for further encoders. */
  List<Prompt> prompts() {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < texts("prompt").size(); i++) {
      Prompt prompt = prompt("", i).orElseThrow();
      Optional<Prompt> negative = prompt("negative_", i);
      prompt = negative.isPresent() ? prompt.without(negative.get()) : prompt;
      OptionalInt tokens = whole("max_sequence_length");
      prompts.add(tokens.isPresent() ? prompt.cutTo(tokens.getAsInt()) : prompt);
    }
    return prompts;
  }

  private Optional<Prompt> prompt(String prefix, int index) {
    return at(texts(prefix + "prompt"), index)
        .map(
            text ->
                Prompt.of(text)
                    .with(
                        at(texts(prefix + "prompt_2"), index),
                        at(texts(prefix + "prompt_3"), index)));
  }

  /** One text may serve for several prompts. */
  private static Optional<String> at(List<String> texts, int index) {
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(texts.get(Math.min(index, texts.size() - 1)));
  }

  /** A text, or a list of texts, as a list. */
  private List<String> texts(String argument) {
    JsonNode value = arguments.path(argument);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      texts.add(value.textValue());
    }
    value.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** A list of numbers; empty without one. */
  List<Integer> integers(String argument) {
    List<Integer> numbers = new ArrayList<>();
    arguments.path(argument).forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }

  OptionalDouble share(String argument) {
    JsonNode value = arguments.path(argument);
    return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
  }

  OptionalInt whole(String argument) {
    JsonNode value = arguments.path(argument);
    return value.isInt() ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
  }

  int integer(String argument, int whenAbsent) {
    return arguments.path(argument).asInt(whenAbsent);
  }

  double number(String argument, double whenAbsent) {
    return arguments.path(argument).asDouble(whenAbsent);
  }
}
