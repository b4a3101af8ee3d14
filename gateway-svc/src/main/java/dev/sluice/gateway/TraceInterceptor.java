package dev.sluice.gateway;

import dev.sluice.contract.RecordHeaders;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;

/** Keeps a call's trace context where the service finds it. */
@GlobalInterceptor
@ApplicationScoped
class TraceInterceptor implements ServerInterceptor {

  static final Context.Key<String> TRACE_PARENT = Context.key(RecordHeaders.TRACE_PARENT);

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of(RecordHeaders.TRACE_PARENT, Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context context =
        Context.current().withValue(TRACE_PARENT, TraceParent.orNew(headers.get(HEADER)));
    return Contexts.interceptCall(context, call, headers, next);
  }
}
