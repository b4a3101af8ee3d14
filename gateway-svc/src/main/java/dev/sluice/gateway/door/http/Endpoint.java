package dev.sluice.gateway.door.http;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What can be asked over HTTP. */
enum Endpoint {
  GENERATIONS("POST", "/v1/images/generations"),
  EDITS("POST", "/v1/images/edits"),
  VARIATIONS("POST", "/v1/images/variations"),
  PICTURE("GET", "/v1/images/links/{name}"),
  CREATE("POST", "/v1/generations"),
  LIST("GET", "/v1/generations"),
  GENERATION("GET", "/v1/generations/{id}"),
  CANCEL("POST", "/v1/generations/{id}/cancel"),
  EVENTS("GET", "/v1/generations/{id}/events"),
  RESULT("GET", "/v1/generations/{id}/images/{index}"),
  MODELS("GET", "/v1/models"),
  MODEL("GET", "/v1/models/{id}"),
  CLUSTER("GET", "/v1/cluster");

  private final String method;
  private final String path;
  private final Pattern pattern;

  Endpoint(String method, String path) {
    this.method = method;
    this.path = path;
    this.pattern = Pattern.compile(path.replaceAll("\\{[a-z]+}", "[^/]+") + "/?");
  }

  /** The methods that a path takes, as the header {@code Allow} has them; empty if it is none. */
  static String allowed(String path) {
    List<String> methods =
        Arrays.stream(values())
            .filter(endpoint -> endpoint.pattern.matcher(path).matches())
            .map(endpoint -> endpoint.method)
            .distinct()
            .toList();
    return methods.contains("GET")
        ? "GET, HEAD" + (methods.contains("POST") ? ", POST" : "")
        : String.join(", ", methods);
  }

  /** All of them in words. */
  static String all() {
    return Arrays.stream(values())
        .map(endpoint -> endpoint.method + " " + endpoint.path)
        .collect(Collectors.joining(", "));
  }
}
