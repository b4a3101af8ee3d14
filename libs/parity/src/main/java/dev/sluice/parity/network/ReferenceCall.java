package dev.sluice.parity.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One recorded call of the reference component, in the reference's words.
 *
 * @param id tells the calls of one pack apart; empty where there is only one
 * @param method such as {@code forward} or {@code encode}
 * @param tensors the pack's tensors by argument; members of dictionary arguments by their own name
 * @param flags arguments that are true or false
 * @param outputs where in the result each {@code out.*} tensor of the pack stood, such as {@code
 *     sample} or {@code latent_dist.mean}
 */
record ReferenceCall(
    String id,
    String method,
    Map<String, String> tensors,
    Map<String, Boolean> flags,
    Map<String, String> outputs) {

  private static final String TENSOR = "@";

  static ReferenceCall of(JsonNode call) {
    Map<String, String> tensors = new LinkedHashMap<>();
    Map<String, Boolean> flags = new LinkedHashMap<>();
    readArguments(call.path("kwargs"), tensors, flags);
    Map<String, String> outputs = new LinkedHashMap<>();
    call.path("outputs").properties().forEach(e -> outputs.put(e.getKey(), e.getValue().asText()));
    return new ReferenceCall(
        call.path("id").asText(""), call.path("method").asText("forward"), tensors, flags, outputs);
  }

  private static void readArguments(
      JsonNode arguments, Map<String, String> tensors, Map<String, Boolean> flags) {
    for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
      JsonNode value = argument.getValue();
      if (value.isObject()) {
        readArguments(value, tensors, flags);
      } else if (value.isTextual() && value.textValue().startsWith(TENSOR)) {
        tensors.put(argument.getKey(), value.textValue().substring(TENSOR.length()));
      } else if (value.isBoolean()) {
        flags.put(argument.getKey(), value.booleanValue());
      } else if (!value.isNull()) {
        throw new IllegalArgumentException(
            "argument %s of a recorded call is %s; expected @tensor, true, false or null"
                .formatted(argument.getKey(), value));
      }
    }
  }

  boolean has(String flag) {
    return flags.getOrDefault(flag, false);
  }
}
