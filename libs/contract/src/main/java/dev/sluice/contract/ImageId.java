package dev.sluice.contract;

import dev.sluice.contract.v1.TaskHeader;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which picture: the work of a request and the picture's index in it, written {@code work/index}.
 * The key of everything that is written about the picture.
 *
 * @param workId 1 to 128 characters of {@code [A-Za-z0-9._-]}, made by the service
 * @param index from 0
 */
public record ImageId(String workId, int index) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern IMAGE_ID = Pattern.compile("(" + NAME + ")/(0|[1-9][0-9]{0,8})");

  public ImageId {
    if (!isName(workId) || index < 0) {
      throw new IllegalArgumentException(
          "a picture is named by a work id of 1 to 128 characters of A-Z a-z 0-9 . _ - and an"
              + " index from 0");
    }
  }

  /** Whether requests, and the work for them, may be called so. */
  public static boolean isName(String id) {
    return NAME.matcher(id).matches();
  }

  /** Reads {@code work/index}; empty when it is something else. */
  public static Optional<ImageId> parse(String id) {
    Matcher matcher = IMAGE_ID.matcher(id);
    return matcher.matches()
        ? Optional.of(new ImageId(matcher.group(1), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /** The picture that a task is about; empty when its header does not name one. */
  public static Optional<ImageId> of(TaskHeader header) {
    return isName(header.getWorkId()) && header.getImageIndex() >= 0
        ? Optional.of(new ImageId(header.getWorkId(), header.getImageIndex()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return workId + "/" + index;
  }
}
