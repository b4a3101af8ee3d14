package dev.sluice.networks.weights;

import dev.sluice.safetensors.UnusableWeightsException;

/** A checkpoint's tensors are not the ones its config asks for. The message names both. */
public final class CheckpointMismatchException extends UnusableWeightsException {

  private static final long serialVersionUID = 1L;

  public CheckpointMismatchException(String message) {
    super(message);
  }
}
