package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ResultFormat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResultsTest {

  private static final GenerationResult RESULT =
      GenerationResult.newBuilder()
          .setRequestId("r")
          .setImage(Image.newBuilder().setSeed(7).setPng(ByteString.copyFrom(new byte[] {1, 2, 3})))
          .build();

  @Test
  void read_givesBackWhatWasWritten() throws Exception {
    assertThat(Results.read(Results.write(RESULT, ResultFormat.PROTOBUF), null)).isEqualTo(RESULT);
    assertThat(Results.read(Results.write(RESULT, ResultFormat.JSON), "application/json"))
        .isEqualTo(RESULT);
  }

  @Test
  void write_asJsonIsOneLineThatShellToolsCanTakeApart() {
    assertThat(new String(Results.write(RESULT, ResultFormat.JSON), StandardCharsets.UTF_8))
        .isEqualTo("{\"requestId\":\"r\",\"image\":{\"seed\":\"7\",\"png\":\"AQID\"}}");
  }

  @Test
  void read_refusesWhatIsNoResult() {
    assertThatThrownBy(() -> Results.read("{".getBytes(StandardCharsets.UTF_8), "application/json"))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(() -> Results.read(new byte[] {-1, 1}, null))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }
}
