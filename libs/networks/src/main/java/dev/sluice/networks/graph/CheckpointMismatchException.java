package dev.sluice.networks.graph;

/** A checkpoint's tensors are not the ones its config asks for. The message names both. */
public final class CheckpointMismatchException extends RuntimeException {

  public CheckpointMismatchException(String message) {
    super(message);
  }
}
