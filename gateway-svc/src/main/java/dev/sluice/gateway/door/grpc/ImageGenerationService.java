package dev.sluice.gateway.door.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.CancelReply;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationStatus;
import dev.sluice.contract.v1.GetGenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.ListGenerationsReply;
import dev.sluice.contract.v1.ListGenerationsRequest;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.ListModelsRequest;
import dev.sluice.gateway.models.ServedModels;
import dev.sluice.gateway.pending.Generation;
import dev.sluice.gateway.pending.Generations;
import dev.sluice.gateway.pending.NotReadyException;
import dev.sluice.gateway.work.WorkStates;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.trace.TraceParent;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC door. */
@GrpcService
class ImageGenerationService extends ImageGenerationGrpc.ImageGenerationImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(ImageGenerationService.class);

  private static final int USUAL_LIMIT = 20;
  private static final int MOST = 100;

  private final Generations generations;
  private final ServedModels models;
  private final WorkStates states;

  ImageGenerationService(Generations generations, ServedModels models, WorkStates states) {
    this.generations = generations;
    this.models = models;
    this.states = states;
  }

  @Override
  @Blocking
  public void generate(GenerationRequest request, StreamObserver<GenerationEvent> observer) {
    ServerCallStreamObserver<GenerationEvent> call =
        (ServerCallStreamObserver<GenerationEvent>) observer;
    Caller caller = new Caller(call, ImageGenerationService::exception);
    try {
      Generation generation =
          generations.submit(withCallDeadline(request), TraceParent.current(), caller);
      Context.current()
          .addListener(
              // Not on the thread that serves connections, which must not wait for the broker.
              context -> CompletableFuture.runAsync(() -> generations.leave(generation, caller)),
              Runnable::run);
    } catch (RequestException e) {
      call.onError(exception(e.toError()));
    } catch (NotReadyException e) {
      call.onError(io.grpc.Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
    } catch (RuntimeException e) {
      call.onError(internal(e));
    }
  }

  @Override
  @Blocking
  public void cancel(CancelRequest request, StreamObserver<CancelReply> observer) {
    try {
      generations.cancel(request);
      observer.onNext(CancelReply.getDefaultInstance());
      observer.onCompleted();
    } catch (RequestException e) {
      observer.onError(exception(e.toError()));
    } catch (RuntimeException e) {
      observer.onError(internal(e));
    }
  }

  @Override
  @Blocking
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsReply> observer) {
    answer(observer, models::reply);
  }

  @Override
  @Blocking
  public void getGeneration(
      GetGenerationRequest request, StreamObserver<GenerationStatus> observer) {
    answer(observer, () -> states.of(known(request.getWorkId())));
  }

  @Override
  @Blocking
  public void listGenerations(
      ListGenerationsRequest request, StreamObserver<ListGenerationsReply> observer) {
    answer(
        observer,
        () -> {
          int limit = request.getLimit() == 0 ? USUAL_LIMIT : request.getLimit();
          if (limit < 1 || limit > MOST) {
            throw RequestException.invalid(
                "limit", "The limit must be from 1 to %d.".formatted(MOST));
          }
          Optional<AcceptedGeneration> after =
              request.getAfter().isEmpty()
                  ? Optional.empty()
                  : Optional.of(known(request.getAfter()));
          WorkStates.Page page = states.list(request.getTenant(), after, limit);
          return ListGenerationsReply.newBuilder()
              .addAllGenerations(page.generations())
              .setHasMore(page.hasMore())
              .build();
        });
  }

  @Override
  @Blocking
  public void watchGeneration(
      GetGenerationRequest request, StreamObserver<GenerationEvent> observer) {
    ServerCallStreamObserver<GenerationEvent> call =
        (ServerCallStreamObserver<GenerationEvent>) observer;
    Caller caller = new Caller(call, ImageGenerationService::exception);
    try {
      Generation generation = generations.watch(known(request.getWorkId()), caller);
      Context.current()
          .addListener(
              context -> CompletableFuture.runAsync(() -> generations.leave(generation, caller)),
              Runnable::run);
    } catch (StatusRuntimeException e) {
      call.onError(e);
    } catch (NotReadyException e) {
      call.onError(io.grpc.Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
    } catch (RuntimeException e) {
      call.onError(internal(e));
    }
  }

  private AcceptedGeneration known(String workId) {
    return states
        .find(workId)
        .orElseThrow(
            () ->
                io.grpc.Status.NOT_FOUND
                    .withDescription(
                        "There is no generation '%s', or not any more."
                            .formatted(Texts.quotable(workId)))
                    .asRuntimeException());
  }

  private static <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
    try {
      observer.onNext(answer.get());
      observer.onCompleted();
    } catch (RequestException e) {
      observer.onError(exception(e.toError()));
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    } catch (RuntimeException e) {
      observer.onError(internal(e));
    }
  }

  private static StatusRuntimeException internal(RuntimeException fault) {
    LOG.error("A call failed", fault);
    return exception(Outbox.internalError());
  }

  /** A call's own deadline is a timeout of its request, unless that has a shorter one. */
  private static GenerationRequest withCallDeadline(GenerationRequest request) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return request;
    }
    long millis = Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS));
    if (request.hasTimeout() && Durations.toMillis(request.getTimeout()) <= millis) {
      return request;
    }
    return request.toBuilder().setTimeout(Durations.fromMillis(millis)).build();
  }

  /** The status of an error; the field at fault is a detail of type {@link BadRequest}. */
  static StatusRuntimeException exception(GenerationError error) {
    Status.Builder status =
        Status.newBuilder().setCode(code(error.getCode()).value()).setMessage(error.getMessage());
    if (!error.getField().isEmpty()) {
      status.addDetails(
          Any.pack(
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(error.getField())
                          .setDescription(error.getMessage()))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static Code code(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Code.INVALID_ARGUMENT;
      case MODEL_NOT_FOUND -> Code.NOT_FOUND;
      case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Code.CANCELLED;
      case MODEL_UNUSABLE -> Code.FAILED_PRECONDITION;
      case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
      default -> Code.INTERNAL;
    };
  }
}
