package dev.sluice.networks.weights;

import dev.sluice.networks.layer.CheckpointNames;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which stored tensor fills which weight, found from headers. Every weight must be there in its
 * shape. A tensor that no layer uses is passed over, as the reference does: published files carry
 * buffers, moving averages, and other networks' halves.
 *
 * @param storedNames by the weights' names
 * @param passedOver stored tensors that are not read
 */
public record CheckpointMatch(Map<String, String> storedNames, Set<String> passedOver) {

  /**
   * @throws CheckpointMismatchException when a weight is absent, has another shape or is quantized
   */
  public static CheckpointMatch of(
      Collection<Parameter> parameters, TensorSource source, CheckpointNames names) {
    Set<String> stored = source.names();
    Map<String, String> storedNames = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    for (Parameter parameter : parameters) {
      names.candidates(parameter.name()).stream()
          .filter(stored::contains)
          .findFirst()
          .ifPresentOrElse(
              name -> storedNames.put(parameter.name(), name),
              () -> missing.add(parameter.name() + " " + Arrays.toString(parameter.shape())));
    }
    Set<String> unused = new TreeSet<>(stored);
    unused.removeAll(storedNames.values());
    if (!missing.isEmpty()) {
      String origin = stored.isEmpty() ? "the checkpoint" : source.origin(stored.iterator().next());
      throw new CheckpointMismatchException(
          origin
              + ": "
              + describe("missing", missing)
              + describe("not used by it", unused)
              + "The weights and the config.json beside them do not describe the same network.");
    }
    for (Parameter parameter : parameters) {
      requireFit(parameter, source, storedNames.get(parameter.name()), names);
    }
    return new CheckpointMatch(storedNames, unused);
  }

  private static void requireFit(
      Parameter parameter, TensorSource source, String storedName, CheckpointNames names) {
    TensorInfo info = source.info(storedName);
    if (!info.dtype().isFloat()) {
      throw new CheckpointMismatchException(
          "%s: tensor %s has whole numbers (%s) in place of weights; quantized checkpoints are not read, fetch the full ones"
              .formatted(source.origin(storedName), storedName, info.dtype()));
    }
    if (!names.sameShape(info.shape(), parameter.shape())) {
      throw new CheckpointMismatchException(
          "%s: tensor %s has shape %s, the config asks for %s"
              .formatted(
                  source.origin(storedName),
                  storedName,
                  Arrays.toString(info.shape()),
                  Arrays.toString(parameter.shape())));
    }
  }

  private static String describe(String what, Set<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String some = names.stream().limit(5).collect(Collectors.joining(", "));
    String more = names.size() > 5 ? " and " + (names.size() - 5) + " more" : "";
    return "%d tensor(s) %s: %s%s. ".formatted(names.size(), what, some, more);
  }

  /** The tensors that are read, by the file's names. */
  List<TensorInfo> read(TensorSource source) {
    return storedNames.values().stream().distinct().map(source::info).toList();
  }
}
