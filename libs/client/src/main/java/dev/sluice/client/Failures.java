package dev.sluice.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.sluice.client.Failure.Reason;
import dev.sluice.contract.v1.GenerationError;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;

/** What the wire says of failures, in the client's words. */
final class Failures {

  private Failures() {}

  static Failure of(int index, GenerationError error) {
    return new Failure(index, reason(error), error.getMessage(), error.getField());
  }

  /** Of a call that ended with an error. */
  static SluiceException exception(Throwable error) {
    Status status = Status.fromThrowable(error);
    String message =
        status.getDescription() == null ? status.getCode().toString() : status.getDescription();
    return new SluiceException(new Failure(0, reason(status), message, field(error)), error);
  }

  private static Reason reason(GenerationError error) {
    return switch (error.getCode()) {
      case INVALID_ARGUMENT -> Reason.INVALID_ARGUMENT;
      case MODEL_NOT_FOUND -> Reason.MODEL_NOT_FOUND;
      case MODEL_UNUSABLE -> Reason.MODEL_UNUSABLE;
      case MODEL_FAULT -> Reason.MODEL_FAULT;
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE_EXCEEDED;
      case CANCELLED -> Reason.CANCELLED;
      default -> Reason.INTERNAL;
    };
  }

  private static Reason reason(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT -> Reason.INVALID_ARGUMENT;
      case NOT_FOUND -> Reason.MODEL_NOT_FOUND;
      case FAILED_PRECONDITION -> Reason.MODEL_UNUSABLE;
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE_EXCEEDED;
      case CANCELLED -> Reason.CANCELLED;
      case UNAVAILABLE -> Reason.UNAVAILABLE;
      default -> Reason.INTERNAL;
    };
  }

  private static String field(Throwable error) {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    if (status == null) {
      return "";
    }
    return status.getDetailsList().stream()
        .filter(detail -> detail.is(BadRequest.class))
        .map(Failures::field)
        .findFirst()
        .orElse("");
  }

  private static String field(Any detail) {
    try {
      BadRequest violations = detail.unpack(BadRequest.class);
      return violations.getFieldViolationsCount() == 0
          ? ""
          : violations.getFieldViolations(0).getField();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }
}
