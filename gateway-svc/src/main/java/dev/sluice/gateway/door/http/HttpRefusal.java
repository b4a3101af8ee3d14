package dev.sluice.gateway.door.http;

import java.util.Locale;

/** Why HTTP requests come to nothing before anybody reads what they ask. */
public enum HttpRefusal {
  BAD_REQUEST(400, "This is no valid HTTP request."),
  ORIGIN_NOT_ALLOWED(
      403,
      "A page of another origin cannot ask here; SLUICE_GATEWAY_ALLOWED_ORIGINS names those that"
          + " can."),
  NOT_FOUND(404, "There is nothing at this path; there are " + Endpoint.all() + "."),
  METHOD_NOT_ALLOWED(405, "This path takes another method; there are " + Endpoint.all() + "."),
  NOT_ACCEPTABLE(406, "Answers are JSON: accept application/json."),
  BODY_TOO_LARGE(
      413,
      "The body is larger than %d bytes (quarkus.http.limits.max-body-size); send smaller pictures,"
          + " which count a third more in base64."),
  URI_TOO_LONG(414, "The path is too long; what is asked goes into the body."),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "Send JSON in UTF-8, with pictures in base64, not compressed; edits and variations are also"
          + " taken as multipart/form-data."),
  HEADERS_TOO_LARGE(431, "The headers are too long.");

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
