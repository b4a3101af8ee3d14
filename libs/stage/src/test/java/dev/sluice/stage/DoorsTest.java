package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.rig.GrpcRig;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.work.Payloads;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for one door holds for the other. */
@ExtendWith(KafkaForTests.class)
class DoorsTest {

  private final KafkaForTests.Address kafka;

  DoorsTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  /** With {@code elements} below and above what a message may hold. */
  @ParameterizedTest
  @ValueSource(ints = {3, 1000})
  void sameTask_givesTheSameBytesThroughBothDoors(int elements, @TempDir Path blobs)
      throws Exception {
    try (StageRig rig = new StageRig(kafka, Stage.DENOISER, blobs);
        GrpcRig grpc = new GrpcRig(Tasks::denoise, blobs)) {
      String next = "after-" + rig.topic();
      TopicReader following = rig.read(next);
      rig.work(Tasks::denoise);
      Task task =
          Tasks.denoiserTask(next).toBuilder()
              .putInputs("image_embeds", TensorMessages.of(anyFloats(elements), 1, elements))
              .build();

      rig.write(task);
      StageReply last = null;
      for (var replies = grpc.client().run(task); replies.hasNext(); ) {
        last = replies.next();
      }

      Task handedOn = Task.parseFrom(following.next().value());
      StageResult answered = last.getResult();
      Map<String, Tensor> expected = new LinkedHashMap<>(task.getInputsMap());
      expected.putAll(answered.getOutputsMap());
      Payloads payloads = new Payloads(new FolderBlobStore(blobs), StageRig.INLINE_LIMIT);
      assertThat(payloads.fetch(handedOn.getInputsMap())).isEqualTo(expected);
      assertThat(handedOn.getHeader().toBuilder().clearTimings().build())
          .isEqualTo(answered.getHeader().toBuilder().clearTimings().build());
    }
  }

  private static float[] anyFloats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(12.9898 * i);
    }
    return values;
  }
}
