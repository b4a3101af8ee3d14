package dev.sluice.stage.trace;

import dev.sluice.contract.RecordHeaders;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;

/** Takes a call's trace context from its metadata. */
@GlobalInterceptor
@ApplicationScoped
public class TraceInterceptor implements ServerInterceptor {

  static final Metadata.Key<String> HEADER =
      Metadata.Key.of(RecordHeaders.TRACE_PARENT, Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String given = headers.get(HEADER);
    return TraceParent.isValid(given)
        ? Contexts.interceptCall(TraceParent.context(given), call, headers, next)
        : next.startCall(call, headers);
  }
}
