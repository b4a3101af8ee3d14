package dev.sluice.stage.trace;

import dev.sluice.contract.RecordHeaders;
import io.grpc.Context;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * W3C trace context ({@code traceparent}, version 00) of the work that a thread does. It comes with
 * a record's header or a call's metadata and goes on with whatever the work writes or calls.
 */
public final class TraceParent {

  /** The trace id in log lines: {@code %X{traceId}}. */
  public static final String LOG_KEY = "traceId";

  private static final Pattern VALID =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int TRACE_ID_START = 3;
  private static final int TRACE_ID_END = 35;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Context.Key<String> CURRENT = Context.key(RecordHeaders.TRACE_PARENT);

  private TraceParent() {}

  /** What this thread works for; null for nothing that is traced ({@link Spans} traces). */
  public static String current() {
    return CURRENT.get();
  }

  /** {@code given} where it is a version 00 trace context, else a fresh one. */
  static String orNew(String given) {
    if (isValid(given)) {
      return given;
    }
    byte[] ids = new byte[24];
    RANDOM.nextBytes(ids);
    HexFormat hex = HexFormat.of();
    return "00-" + hex.formatHex(ids, 0, 16) + "-" + hex.formatHex(ids, 16, 24) + "-01";
  }

  public static boolean isValid(String given) {
    return given != null && VALID.matcher(given).matches();
  }

  public static void with(String traceParent, Runnable work) {
    with(
        traceParent,
        () -> {
          work.run();
          return null;
        });
  }

  /** The gRPC context of work that belongs to a trace. */
  static Context context(String traceParent) {
    return Context.current().withValue(CURRENT, traceParent);
  }

  /**
   * Works with {@code traceParent} as this thread's, in logs too; null for work without a trace.
   */
  public static <A> A with(String traceParent, Supplier<A> work) {
    if (!isValid(traceParent)) {
      return work.get();
    }
    Context context = context(traceParent);
    Context before = context.attach();
    MDC.put(LOG_KEY, traceParent.substring(TRACE_ID_START, TRACE_ID_END));
    try {
      return work.get();
    } finally {
      MDC.remove(LOG_KEY);
      context.detach(before);
    }
  }
}
