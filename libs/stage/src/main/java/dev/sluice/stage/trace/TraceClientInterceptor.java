package dev.sluice.stage.trace;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Puts the trace context of this thread's work into the metadata of the calls that it makes. */
public final class TraceClientInterceptor implements ClientInterceptor {

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    String traceParent = TraceParent.current();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> answers, Metadata headers) {
        if (traceParent != null) {
          headers.put(TraceInterceptor.HEADER, traceParent);
        }
        super.start(answers, headers);
      }
    };
  }
}
