package dev.sluice.parity;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.Reference;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the pictures of a recorded run are made from. diffusers makes several pictures of a prompt
 * one after the other: with two of each, pictures 0 and 1 are of the first prompt.
 */
final class RecordedBatch {

  private final TensorSource golden;
  private final int each;
  private final List<Map<String, HostTensor>> inputs = new ArrayList<>();

  RecordedBatch(RecordedRun run, TensorSource golden) {
    this.golden = golden;
    this.each = run.integer("num_images_per_prompt", 1);
  }

  /** Adds pictures of prompts. */
  void addPrompts(List<Prompt> prompts, ModelFolder model) {
    try (TextEncoder encoder = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      for (Prompt prompt : prompts) {
        Map<String, HostTensor> tensors = encoder.encode(prompt);
        for (int i = 0; i < each; i++) {
          inputs.add(new LinkedHashMap<>(tensors));
        }
      }
    }
  }

  /** Adds a picture made from one tensor. */
  void add(String name, HostTensor tensor) {
    inputs.add(new LinkedHashMap<>(Map.of(name, tensor)));
  }

  /** Adds pictures made from nothing that is known yet, until there are {@code count}. */
  void fillUpTo(int count) {
    while (inputs.size() < count) {
      inputs.add(new LinkedHashMap<>());
    }
  }

  /** Gives all pictures the same. */
  void putAll(String name, HostTensor tensor) {
    inputs.forEach(input -> input.put(name, tensor));
  }

  /**
   * Gives every picture its row of a recorded tensor, if it is there, with a row for each prompt.
   */
  void putOfPrompts(String recorded, String name) {
    put(name, rows(recorded, tensor -> tensor), true);
  }

  /**
   * Gives every picture a row of a recorded tensor, if it is there, that diffusers repeats as a
   * whole.
   *
   * @param preparation of the whole tensor
   */
  void putInTurn(String recorded, String name, UnaryOperator<HostTensor.Floats> preparation) {
    put(name, rows(recorded, preparation), false);
  }

  /** Pictures that share a row share the object. */
  private void put(String name, List<HostTensor.Floats> rows, boolean ofPrompts) {
    for (int i = 0; !rows.isEmpty() && i < inputs.size(); i++) {
      int row = ofPrompts && rows.size() < inputs.size() ? i / each : i;
      inputs.get(i).put(name, rows.get(row % rows.size()));
    }
  }

  private boolean has(String recorded) {
    return golden.names().contains(recorded);
  }

  /** How many rows a recorded tensor has; 0 if it is not there. */
  int rowsOf(String recorded) {
    return has(recorded) ? Reference.of(golden, recorded).length() : 0;
  }

  /** How many pictures a recorded tensor, with a row for each prompt, is for; 0 without it. */
  int picturesOf(String recorded) {
    return rowsOf(recorded) * each;
  }

  private List<HostTensor.Floats> rows(
      String recorded, UnaryOperator<HostTensor.Floats> preparation) {
    if (!has(recorded)) {
      return List.of();
    }
    HostTensor.Floats tensor = preparation.apply(Reference.of(golden, recorded).tensor());
    List<HostTensor.Floats> rows = new ArrayList<>();
    for (int i = 0; i < tensor.shape()[0]; i++) {
      rows.add(tensor.row(i));
    }
    return rows;
  }

  List<Map<String, HostTensor>> inputs() {
    return inputs;
  }
}
