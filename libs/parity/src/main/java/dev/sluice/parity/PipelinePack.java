package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.About;
import dev.sluice.parity.network.Comparison;
import dev.sluice.parity.network.PackResult;
import dev.sluice.parity.network.Reference;
import dev.sluice.parity.network.Tally;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whole generations: a model folder, and for each run {@code golden.<id>.safetensors} with what
 * came of it ({@code out.*}) and what was seen on the way ({@code mid.*}).
 *
 * @param folder of the pack
 * @param runs what was asked for
 */
record PipelinePack(Path folder, List<RecordedRun> runs) implements Pack {

  static PipelinePack read(Path folder, JsonNode about) {
    Path file = folder.resolve(About.FILE);
    List<RecordedRun> runs = new ArrayList<>();
    about.get("runs").forEach(run -> runs.add(RecordedRun.of(run, file)));
    if (runs.isEmpty()) {
      throw new IllegalArgumentException(file + ": \"runs\" lists no recorded generation");
    }
    return new PipelinePack(folder, List.copyOf(runs));
  }

  @Override
  public PackResult run() throws InterruptedException {
    Tally tally = new Tally();
    for (RecordedRun run : runs) {
      PipelineRunner runner = PipelineRunner.of(run.className(), run.file());
      Path recording = folder.resolve("golden." + run.id() + ".safetensors");
      try (TensorSource golden = SafetensorsFile.open(recording)) {
        compare(run, runner, golden, tally);
      }
    }
    return tally.result(Pack.name(folder));
  }

  private void compare(RecordedRun run, PipelineRunner runner, TensorSource golden, Tally tally)
      throws InterruptedException {
    Recorder recorder = new Recorder();
    Map<String, HostTensor.Floats> outputs =
        runner.run(ModelFolder.open(folder), run, golden, recorder);
    for (String name : run.outputs()) {
      Reference expected = Reference.of(golden, name);
      HostTensor.Floats actual = outputs.get(name);
      Comparison comparison =
          actual == null
              ? expected.failure(run.tolerance(), "not among the outputs " + outputs.keySet())
              : expected.compare(actual, run.tolerance());
      if (!comparison.passes()) {
        recorder
            .firstDeviation(golden, run.tolerance())
            .ifPresent(step -> tally.deviates(step.in(run.id())));
      }
      tally.add(comparison.in(run.id()));
    }
  }
}
