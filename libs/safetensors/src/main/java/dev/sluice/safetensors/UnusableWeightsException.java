package dev.sluice.safetensors;

/**
 * Weights are not what a network can be made of: a damaged file, a missing or mis-shaped tensor, a
 * value that is not finite. Nothing that a request says will change that. The message is fit for
 * whoever asks for the model: it names file and tensor, never a path.
 */
public class UnusableWeightsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public UnusableWeightsException(String message) {
    super(message);
  }

  public UnusableWeightsException(String message, Throwable cause) {
    super(message, cause);
  }
}
