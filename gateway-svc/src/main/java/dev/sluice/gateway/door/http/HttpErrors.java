package dev.sluice.gateway.door.http;

import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Errors as HTTP answers, in OpenAI's shape: {@code {"error": {"message", "type", "param", "code",
 * "field"}}}. {@code field} is {@code param} by our own name for it.
 */
public final class HttpErrors {

  /** OpenAI's clients ask again after these by themselves, and would get the same answer. */
  private static final Set<ErrorCode> THE_SAME_AGAIN =
      Set.of(
          ErrorCode.ALREADY_EXISTS,
          ErrorCode.CANCELLED,
          ErrorCode.DEADLINE_EXCEEDED,
          ErrorCode.MODEL_FAULT);

  private HttpErrors() {}

  public static Response response(GenerationError error) {
    Response response =
        response(
            status(error.getCode()),
            error.getCode().name().toLowerCase(Locale.ROOT),
            error.getMessage(),
            error.getField());
    return THE_SAME_AGAIN.contains(error.getCode())
        ? Response.fromResponse(response).header("x-should-retry", "false").build()
        : response;
  }

  /** The same call succeeds in a moment. */
  public static Response notReady(String message) {
    return Response.fromResponse(response(503, "unavailable", message, ""))
        .header("retry-after", "1")
        .build();
  }

  public static Response response(int status, String code, String message, String field) {
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(body(status, code, message, field))
        .build();
  }

  /**
   * An error as it stands in an answer.
   *
   * @param field empty if there is none at fault
   */
  public static Map<String, Object> body(GenerationError error) {
    return body(
        status(error.getCode()),
        error.getCode().name().toLowerCase(Locale.ROOT),
        error.getMessage(),
        error.getField());
  }

  static Map<String, Object> body(int status, String code, String message, String field) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", message);
    error.put("type", type(status));
    error.put("param", field.isEmpty() ? null : field);
    error.put("code", code);
    error.put("field", field.isEmpty() ? null : field);
    return Map.of("error", error);
  }

  private static String type(int status) {
    return status < 500 ? "invalid_request_error" : "server_error";
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
