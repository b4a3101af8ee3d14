package dev.sluice.gateway.door.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.planning.request.Texts;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {

  private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
    return new ConsumerRecord<>("sluice.requests", 0, 0, null, value);
  }

  private static ConsumerRecord<byte[], byte[]> record(String value) {
    return record(value.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "content-type, application/json",
    "Content-Type, application/json",
    "CONTENT-TYPE, Application/JSON",
    "contentType, application/json",
    "content-type, application/json; charset=utf-8",
    "content-type, text/json",
    "content-type, application/problem+json",
    "content-type, text/plain"
  })
  void of_knowsJsonByAnySpelling(String name, String type) {
    ConsumerRecord<byte[], byte[]> record = record("{\"prompt\": \"x\"}");
    record.headers().add(name, type.getBytes(StandardCharsets.UTF_8));

    assertThat(RecordFormat.of(record)).isEqualTo(ResultFormat.JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " \r\n\t{", "\ufeff{", "[1]"})
  void of_knowsJsonByItsLook(String value) {
    assertThat(RecordFormat.of(record(value))).isEqualTo(ResultFormat.JSON);
  }

  @Test
  void of_takesUtf16ForJson() {
    byte[] value = "{\"prompt\": \"x\"}".getBytes(StandardCharsets.UTF_16);

    assertThat(RecordFormat.of(record(value))).isEqualTo(ResultFormat.JSON);
  }

  @Test
  void ofUnreadable_answersTextInJson() {
    assertThat(RecordFormat.ofUnreadable(record("a red circle"))).isEqualTo(ResultFormat.JSON);
    assertThat(RecordFormat.ofUnreadable(record("\n\u0005abc"))).isEqualTo(ResultFormat.PROTOBUF);
    ConsumerRecord<byte[], byte[]> binary = record("oops");
    binary.headers().add("content-type", "application/x-protobuf".getBytes(StandardCharsets.UTF_8));
    assertThat(RecordFormat.ofUnreadable(binary)).isEqualTo(ResultFormat.PROTOBUF);
  }

  @Test
  void of_believesTheHeaderOfWhatDoesNotLookLikeIt() {
    ConsumerRecord<byte[], byte[]> record = record("oops");
    record.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));

    assertThat(RecordFormat.of(record)).isEqualTo(ResultFormat.JSON);
    assertThat(RecordFormat.of(record(new byte[0]))).isEqualTo(ResultFormat.PROTOBUF);
    assertThat(RecordFormat.of(record((byte[]) null))).isEqualTo(ResultFormat.PROTOBUF);
  }

  @Property
  void of_takesNoBinaryRequestForJson(
      @ForAll @AlphaChars @StringLength(max = 128) String id, @ForAll String prompt) {
    byte[] request =
        GenerationRequest.newBuilder()
            .setRequestId(id)
            .setPrompt(Texts.quotable(prompt))
            .build()
            .toByteArray();

    assertThat(RecordFormat.of(record(request))).isEqualTo(ResultFormat.PROTOBUF);
  }
}
