package dev.sluice.stage.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Pieces of work as spans of OpenTelemetry. Where {@link TracingSetup} found nobody who takes them,
 * a span costs nothing and is its parent.
 */
public final class Spans {

  private static final String SCOPE = "dev.sluice";
  private static final String FIELD = "traceparent";
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapSetter<Map<String, String>> SETTER = Map::put;

  private static final TextMapGetter<String> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceParent) {
          return List.of(FIELD);
        }

        @Override
        public String get(String traceParent, String key) {
          return key.equals(FIELD) ? traceParent : null;
        }
      };

  private Spans() {}

  /**
   * Does a piece of work as a span. Within it {@link TraceParent#current} is the span's, so that
   * what the work writes and calls becomes its child; without a tracer it is the parent's, or
   * begins a trace.
   *
   * @param traceParent of the work that it is a part of; of none, if it is no version 00 context
   */
  public static <A> A in(String name, SpanKind kind, String traceParent, Supplier<A> work) {
    Context parent =
        TraceParent.isValid(traceParent)
            ? W3C.extract(Context.root(), traceParent, GETTER)
            : Context.root();
    Span span =
        GlobalOpenTelemetry.getTracer(SCOPE)
            .spanBuilder(name)
            .setSpanKind(kind)
            .setParent(parent)
            .startSpan();
    String own = text(span.getSpanContext(), parent.with(span));
    try (Scope scope = span.makeCurrent()) {
      return TraceParent.with(TraceParent.orNew(own), work);
    } catch (RuntimeException | Error e) {
      failed(span, e);
      throw e;
    } finally {
      span.end();
    }
  }

  /** Says something of the span that this thread works in. */
  public static void note(String key, String value) {
    Span.current().setAttribute(key, value);
  }

  /** What this thread works at has failed, whether it is tried again or not. */
  public static void failed(Throwable fault) {
    failed(Span.current(), fault);
  }

  private static void failed(Span span, Throwable fault) {
    span.recordException(fault);
    span.setStatus(StatusCode.ERROR);
  }

  private static String text(SpanContext span, Context context) {
    if (!span.isValid()) {
      return null;
    }
    Map<String, String> fields = new HashMap<>();
    W3C.inject(context, fields, SETTER);
    return fields.get(FIELD);
  }
}
