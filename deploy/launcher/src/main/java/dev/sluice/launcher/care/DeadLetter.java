package dev.sluice.launcher.care;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Task;
import dev.sluice.launcher.console.LaunchException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that nobody could work on.
 *
 * @param origin the topic that it comes from; empty where it does not say
 */
record DeadLetter(String origin, ConsumerRecord<byte[], byte[]> record) {

  private static final int LONGEST_TEXT = 200;
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    return new DeadLetter(header(record, RecordHeaders.ORIGIN), record);
  }

  /** What it is called on the command line: topic, partition, offset. */
  String name() {
    return "%s/%d/%d".formatted(record.topic(), record.partition(), record.offset());
  }

  String key() {
    return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
  }

  /** Why it is one. */
  String error() {
    return header(record, RecordHeaders.ERROR);
  }

  Instant at() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /**
   * The record that it was, for the topic that it comes from.
   *
   * @throws LaunchException if it does not say from which
   */
  ProducerRecord<byte[], byte[]> again() {
    if (origin.isEmpty()) {
      throw new LaunchException(
          "%s does not say which topic it comes from; it has no header %s"
              .formatted(name(), RecordHeaders.ORIGIN));
    }
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(origin, record.key(), record.value());
    for (Header header : record.headers()) {
      again.headers().add(header);
    }
    again.headers().remove(RecordHeaders.ERROR);
    again.headers().remove(RecordHeaders.ORIGIN);
    again.headers().remove(RecordHeaders.HOPS);
    return again;
  }

  /** Its value as JSON, long texts cut; a remark where it is nothing that we know. */
  String value() {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    if (header(record, RecordHeaders.CONTENT_TYPE).startsWith(RecordHeaders.JSON)) {
      try {
        return GSON.toJson(cut(JsonParser.parseString(new String(value, StandardCharsets.UTF_8))));
      } catch (JsonParseException e) {
        return cut(new String(value, StandardCharsets.UTF_8));
      }
    }
    try {
      Message message =
          origin.equals(Topics.REQUESTS)
              ? GenerationRequest.parseFrom(value)
              : Task.parseFrom(value);
      return GSON.toJson(cut(JsonParser.parseString(JsonFormat.printer().print(message))));
    } catch (InvalidProtocolBufferException e) {
      return "%d bytes that are no message of this topic".formatted(value.length);
    }
  }

  private static JsonElement cut(JsonElement element) {
    if (element.isJsonObject()) {
      JsonObject object = new JsonObject();
      element
          .getAsJsonObject()
          .entrySet()
          .forEach(it -> object.add(it.getKey(), cut(it.getValue())));
      return object;
    }
    if (element.isJsonArray()) {
      JsonArray array = new JsonArray();
      element.getAsJsonArray().forEach(it -> array.add(cut(it)));
      return array;
    }
    return element.isJsonPrimitive() && element.getAsJsonPrimitive().isString()
        ? new JsonPrimitive(cut(element.getAsString()))
        : element;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT
        ? text
        : "%s... (%d characters)".formatted(text.substring(0, LONGEST_TEXT), text.length());
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? ""
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
