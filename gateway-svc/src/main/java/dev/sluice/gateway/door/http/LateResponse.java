package dev.sluice.gateway.door.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An answer that may take longer than clients and proxies wait for its first byte. It can begin, by
 * its status and headers, before it is known what it says; bytes that mean nothing then keep the
 * connection alive.
 *
 * <p>An error that comes after the beginning cannot have a status of its own. Its text is written
 * and the connection is broken off, so that nobody takes the answer for a whole one.
 */
public final class LateResponse {

  private final RoutingContext call;
  private final String contentType;
  private final String beat;
  private final CompletableFuture<Response> whole = new CompletableFuture<>();
  private Collection<String> warnings;
  private long timer = -1;
  private boolean begun;
  private boolean over;

  /**
   * @param contentType of the answer, once it has begun
   * @param beat what may stand before, or between, its parts
   */
  public LateResponse(RoutingContext call, String contentType, String beat) {
    this.call = call;
    this.contentType = contentType;
    this.beat = beat;
    call.addEndHandler(end -> stopBeating());
  }

  /** What the resource returns. */
  public CompletionStage<Response> response() {
    return whole;
  }

  /** Whether a call can have an answer of unknown length; HTTP/1.0 has none. */
  public static boolean isPossible(RoutingContext call) {
    return call.request().version() != HttpVersion.HTTP_1_0;
  }

  /**
   * Begins after a while if the answer is not there by then, and keeps the connection alive from
   * there on, where that {@link #isPossible}.
   *
   * @param first until the answer begins; not negative
   * @param pause between signs of life; positive
   * @param warnings that are known now
   */
  public synchronized void beginAfter(Duration first, Duration pause, Collection<String> warnings) {
    this.warnings = warnings;
    if (over || !isPossible(call)) {
      return;
    }
    if (first.isZero()) {
      begin();
    }
    timer =
        call.vertx()
            .setTimer(Math.max(1, (first.isZero() ? pause : first).toMillis()), now -> beat(pause));
  }

  private synchronized void beat(Duration pause) {
    if (over || call.response().closed()) {
      return;
    }
    begin();
    call.response().write(beat);
    timer = call.vertx().setTimer(Math.max(1, pause.toMillis()), now -> beat(pause));
  }

  private void begin() {
    if (!begun) {
      begun = true;
      HttpServerResponse response = call.response();
      response.setStatusCode(200).setChunked(true).putHeader("content-type", contentType);
      response.putHeader("cache-control", "no-cache").putHeader("x-accel-buffering", "no");
      if (!warnings.isEmpty()) {
        response.putHeader("warning", WarningHeaders.of(warnings));
      }
    }
  }

  /** Writes a part of an answer that has begun; nothing happens to one that is over. */
  public synchronized void write(String part) {
    if (!over && begun && !call.response().closed()) {
      call.response().write(part);
    }
  }

  /** Whether the reader is slower than the writer. */
  public boolean isCongested() {
    return call.response().closed() || call.response().writeQueueFull();
  }

  /**
   * Ends the answer.
   *
   * @param response with bytes or nothing as its entity; of one that has begun only that counts
   */
  public synchronized void end(Response response) {
    if (!over) {
      over = true;
      stopBeating();
      whole.complete(response);
    }
  }

  /**
   * Ends the answer by an error.
   *
   * @param error as an answer of its own
   * @param text what is written where it cannot be one
   */
  public synchronized void fail(Response error, String text) {
    if (over) {
      return;
    }
    if (!begun) {
      end(error);
      return;
    }
    over = true;
    stopBeating();
    HttpServerResponse response = call.response();
    if (response.closed()) {
      whole.complete(error);
      return;
    }
    response.write(Buffer.buffer(text)).onComplete(written -> breakOff(error));
  }

  /** Who completes the answer would end it in good order, if it could still be written to. */
  private void breakOff(Response error) {
    if (call.request().version() == HttpVersion.HTTP_2) {
      call.response().reset();
      whole.complete(error);
    } else {
      call.request().connection().close().onComplete(closed -> whole.complete(error));
    }
  }

  private synchronized void stopBeating() {
    call.vertx().cancelTimer(timer);
  }
}
