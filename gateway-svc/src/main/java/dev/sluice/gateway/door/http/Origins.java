package dev.sluice.gateway.door.http;

import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.Set;

/**
 * Which pages may set this server to work. A browser says which page a request comes from (RFC
 * 6454; Fetch Metadata); who says nothing is no browser.
 *
 * @param allowed origins besides the server's own, such as {@code https://example.org}
 * @param host what the server listens at
 */
public record Origins(Set<String> allowed, String host) {

  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  boolean isAllowed(String origin) {
    return origin != null && allowed.contains(origin);
  }

  /**
   * Whether a request is taken.
   *
   * @param origin of the page; null if it is not said
   * @param site {@code Sec-Fetch-Site}; null if it is not said
   * @param server what the request calls this server; null if it does not
   */
  boolean mayAsk(String method, String origin, String site, HostAndPort server) {
    if (READING.contains(method) || isAllowed(origin)) {
      return true;
    }
    if (origin == null) {
      return site == null || OWN_SITE.contains(site);
    }
    return server != null && isOwn(origin, server);
  }

  /**
   * A name that leads to the loopback address can be anybody's, so that a page of that name would
   * pass for one of ours.
   */
  private boolean isOwn(String origin, HostAndPort server) {
    try {
      URI page = URI.create(origin);
      int usual = "https".equals(page.getScheme()) ? 443 : 80;
      int pagePort = page.getPort() < 0 ? usual : page.getPort();
      int ownPort = server.port() < 0 ? usual : server.port();
      return page.getHost() != null
          && page.getHost().equalsIgnoreCase(server.host())
          && pagePort == ownPort
          && (!isLoopback(host) || isLoopback(page.getHost()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isLoopback(String name) {
    return name.equals("localhost")
        || name.matches("127(\\.\\d{1,3}){3}")
        || name.equals("[::1]")
        || name.equals("::1");
  }
}
