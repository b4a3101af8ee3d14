package dev.sluice.parity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.About;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The first recorded call of a given pack, and calls that differ a little from it. */
final class RecordedCalls {

  private RecordedCalls() {}

  /** The first output of the call with other arguments. */
  static HostTensor.Floats run(String pack, Consumer<ObjectNode> change) throws Exception {
    ObjectNode run = first(folder(pack));
    change.accept((ObjectNode) run.get("kwargs"));
    return run(folder(pack), run);
  }

  /** The first output of the call by a pipeline of another class. */
  static HostTensor.Floats runAs(String className, Path folder) throws Exception {
    return run(folder, first(folder).put("cls", className));
  }

  private static HostTensor.Floats run(Path folder, ObjectNode run) throws Exception {
    RecordedRun recorded = RecordedRun.of(run, folder.resolve(About.FILE));
    try (TensorSource golden = golden(folder)) {
      return PipelineRunner.of(recorded.className(), recorded.file())
          .run(ModelFolder.open(folder), recorded, golden, new Recorder())
          .get(recorded.outputs().get(0));
    }
  }

  /** What is recorded of the call. */
  static TensorSource golden(String pack) {
    return golden(folder(pack));
  }

  private static TensorSource golden(Path folder) {
    String id = first(folder).get("id").textValue();
    return SafetensorsFile.open(folder.resolve("golden." + id + ".safetensors"));
  }

  private static ObjectNode first(Path folder) {
    return (ObjectNode) About.read(folder).path("runs").get(0);
  }

  private static Path folder(String pack) {
    return PackCopy.GOLDENS.resolve(pack);
  }
}
