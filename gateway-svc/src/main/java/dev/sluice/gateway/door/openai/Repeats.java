package dev.sluice.gateway.door.openai;

import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.v1.GenerationRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the call that another one repeats. OpenAI's clients ask again by themselves when a
 * connection breaks or nothing comes in time; they say so in a header, and nothing else. The work
 * of the call before goes on, so the second one joins it in place of having it done twice.
 *
 * <p>Two calls that ask for the same are two calls, unless one says that it is a repetition. Only
 * calls at this gateway are known; who wants more sends an {@code Idempotency-Key}.
 */
@ApplicationScoped
class Repeats {

  /** The header by which these clients count, from 0. */
  static final String HEADER = "x-stainless-retry-count";

  /** They pause for some seconds, and wait for ten minutes at most. */
  private static final long REMEMBERED = Duration.ofMinutes(15).toNanos();

  private static final int MOST = 4096;

  /** By label; the oldest first. */
  private final Map<String, Call> calls = new LinkedHashMap<>();

  private static final class Call {
    private final String content;
    private final long at = System.nanoTime();
    private boolean lost;

    Call(String content) {
      this.content = content;
    }
  }

  /** What two calls have in common when one repeats the other. */
  static String contentOf(Kind kind, GenerationRequest request, String authorization) {
    String head = kind + " " + (authorization == null ? "" : authorization) + "\n";
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] rest = request.toByteArray();
    byte[] all = new byte[start.length + rest.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(rest, 0, all, start.length, rest.length);
    return ModelDigests.of(all);
  }

  /**
   * The label of a call's request.
   *
   * @param count what the client says of how often it has asked before; null if it does not count
   * @param fresh the label if there is no call that this one repeats
   */
  synchronized String label(String content, String count, String fresh) {
    if (count == null) {
      return fresh;
    }
    String label = count.strip().equals("0") ? fresh : repeated(content).orElse(fresh);
    calls.remove(label);
    calls.put(label, new Call(content));
    forgetOld();
    return label;
  }

  /** One whose connection is gone goes before one that may still be waited for. */
  private Optional<String> repeated(String content) {
    return calls.entrySet().stream()
        .filter(call -> call.getValue().content.equals(content))
        .filter(call -> System.nanoTime() - call.getValue().at < REMEMBERED)
        .min(Comparator.comparing(call -> !call.getValue().lost))
        .map(Map.Entry::getKey);
  }

  private void forgetOld() {
    List<String> labels = new ArrayList<>(calls.keySet());
    for (String label : labels) {
      boolean old = System.nanoTime() - calls.get(label).at > REMEMBERED;
      if (!old && calls.size() <= MOST) {
        return;
      }
      calls.remove(label);
    }
  }

  /** A call was answered: what asks for the same from now on is another one. */
  synchronized void answered(String label) {
    calls.remove(label);
  }

  /** The connection of a call is gone. */
  synchronized void lost(String label) {
    Call call = calls.get(label);
    if (call != null) {
      call.lost = true;
    }
  }
}
