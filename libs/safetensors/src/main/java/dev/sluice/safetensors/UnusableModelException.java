package dev.sluice.safetensors;

/**
 * A model cannot be served as its files are: a config that contradicts itself, a weight that is
 * missing, a damaged file. Nothing that a request says will change that. The message is fit for
 * whoever asks for the model: it names the model, the component and the file, never a path.
 */
public class UnusableModelException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public UnusableModelException(String message) {
    super(message);
  }

  public UnusableModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
