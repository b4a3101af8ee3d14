package dev.sluice.gateway.door.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

/** Messages as parts of answers. */
public final class MessageTree {

  private static final ObjectMapper JSON = new ObjectMapper();

  private MessageTree() {}

  /** A message in proto3 JSON, its fields by the names that requests have for them. */
  public static JsonNode of(Message message) {
    try {
      return JSON.readTree(JsonFormat.printer().preservingProtoFieldNames().print(message));
    } catch (InvalidProtocolBufferException | JsonProcessingException e) {
      throw new IllegalStateException("a message without a form in JSON", e);
    }
  }
}
