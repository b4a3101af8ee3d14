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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that nobody could work on.
 *
 * @param origin the topic that it comes from
 */
record DeadLetter(String origin, ConsumerRecord<byte[], byte[]> record) {

  /** The names of the headers that Kafka adds to what it makes a dead letter itself. */
  private static final String KAFKAS_ERRORS = "__dlq.errors.";

  private static final Set<String> OURS =
      Set.of(RecordHeaders.ERROR, RecordHeaders.ORIGIN, RecordHeaders.HOPS);

  private static final int LONGEST_TEXT = 200;
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    return new DeadLetter(Topics.origin(record.topic()), record);
  }

  /** What it is called on the command line: topic, partition, offset. */
  String name() {
    return "%s/%d/%d".formatted(record.topic(), record.partition(), record.offset());
  }

  String key() {
    return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
  }

  /** Why it is one, as a worker says or, of what no worker finished with, Kafka itself. */
  String error() {
    String ours = header(record, RecordHeaders.ERROR);
    return ours.isEmpty() ? header(record, KAFKAS_ERRORS + "message") : ours;
  }

  Instant at() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /** The record that it was, for the topic that it comes from. */
  ProducerRecord<byte[], byte[]> again() {
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(origin, record.key(), record.value());
    for (Header header : record.headers()) {
      if (!OURS.contains(header.key()) && !header.key().startsWith(KAFKAS_ERRORS)) {
        again.headers().add(header);
      }
    }
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
