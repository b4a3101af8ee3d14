package dev.sluice.client;

/**
 * A picture that could not be made, or a request that is not done.
 *
 * @param index of the picture within its request; 0 for a request
 * @param reason what kind of failure it is
 * @param message for people: what was wrong and what would be right
 * @param field the field at fault, such as {@code prompt}; empty if there is none
 */
public record Failure(int index, Reason reason, String message, String field) {

  /** Kinds of failures. */
  public enum Reason {
    /** The request is at fault. */
    INVALID_ARGUMENT,
    /** There is no such model. */
    MODEL_NOT_FOUND,
    /** The model is there and cannot be served. */
    MODEL_UNUSABLE,
    /** The model's weights gave something that is no picture; asking again gives it again. */
    MODEL_FAULT,
    /** The tenant has asked for something else under the same label. */
    ALREADY_EXISTS,
    /** The request's own time was over. */
    DEADLINE_EXCEEDED,
    /** Somebody did not want it any more. */
    CANCELLED,
    /** The gateway cannot be reached, or is not ready; asking again may help. */
    UNAVAILABLE,
    /** A fault of the service. */
    INTERNAL
  }
}
