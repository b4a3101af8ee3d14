package dev.sluice.gateway;

/** The gateway is still finding Kafka; the same call succeeds in a moment. */
final class NotReadyException extends RuntimeException {

  NotReadyException() {
    super("The gateway is still starting; try again in a moment.");
  }
}
