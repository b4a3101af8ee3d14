package dev.sluice.gateway.pending;

/** The gateway is still finding Kafka; the same call succeeds in a moment. */
public final class NotReadyException extends RuntimeException {

  NotReadyException() {
    super("The gateway is still starting; try again in a moment.");
  }
}
