package dev.sluice.client;

import java.util.List;

/**
 * What became of a request.
 *
 * @param pictures those that were made, in the order in which they came
 * @param failures of those that were not
 */
public record Outcome(List<Picture> pictures, List<Failure> failures) {

  /**
   * The pictures, by index, if all were made.
   *
   * @throws SluiceException with the first failure otherwise
   */
  public List<Picture> all() {
    if (!failures.isEmpty()) {
      throw new SluiceException(failures.get(0), null);
    }
    return pictures;
  }
}
