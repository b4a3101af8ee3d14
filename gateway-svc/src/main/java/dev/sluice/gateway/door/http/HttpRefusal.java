package dev.sluice.gateway.door.http;

import java.util.Locale;

/** Why HTTP requests come to nothing before anybody reads what they ask. */
enum HttpRefusal {
  BAD_REQUEST(400, "This is no valid HTTP request."),
  ORIGIN_NOT_ALLOWED(
      403,
      "A page of another origin cannot ask here; SLUICE_GATEWAY_ALLOWED_ORIGINS names those that"
          + " can."),
  NOT_FOUND(404, "There is nothing at this path; there are " + Paths.ALL + "."),
  METHOD_NOT_ALLOWED(405, "This path takes another method; there are " + Paths.ALL + "."),
  NOT_ACCEPTABLE(406, "Answers are JSON: accept application/json."),
  BODY_TOO_LARGE(
      413,
      "The body is larger than %d bytes (quarkus.http.limits.max-body-size); send smaller pictures,"
          + " which count a third more in base64."),
  UNSUPPORTED_MEDIA_TYPE(415, "Send JSON in UTF-8, with pictures in base64, not compressed.");

  /** What there is. */
  private static final class Paths {
    static final String ALL = "POST /v1/images/generations and GET /v1/models";
  }

  private final int status;
  private final String message;

  HttpRefusal(int status, String message) {
    this.status = status;
    this.message = message;
  }

  int status() {
    return status;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  String message(long mostBytes) {
    return message.formatted(mostBytes);
  }
}
