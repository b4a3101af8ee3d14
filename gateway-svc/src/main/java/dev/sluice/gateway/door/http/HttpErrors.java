package dev.sluice.gateway.door.http;

import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Errors as HTTP answers: {@code {"error": {"code", "message", "field"}}}. */
final class HttpErrors {

  private HttpErrors() {}

  static Response response(GenerationError error) {
    return response(
        status(error.getCode()),
        error.getCode().name().toLowerCase(Locale.ROOT),
        error.getMessage(),
        error.getField());
  }

  static Response response(int status, String code, String message, String field) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    error.put("field", field.isEmpty() ? null : field);
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(Map.of("error", error))
        .build();
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> 400;
      case MODEL_NOT_FOUND -> 404;
      case CANCELLED, ALREADY_EXISTS -> 409;
      case MODEL_UNUSABLE -> 422;
      case DEADLINE_EXCEEDED -> 504;
      default -> 500;
    };
  }
}
