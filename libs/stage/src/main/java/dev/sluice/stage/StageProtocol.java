package dev.sluice.stage;

import com.google.protobuf.Parser;
import dev.sluice.contract.v1.DenoiserResult;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.PriorResult;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderResult;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.contract.v1.UpscalerResult;
import dev.sluice.contract.v1.UpscalerTask;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How a stage's messages are read and changed: the stages have a type each, and what surrounds them
 * is the same.
 *
 * @param withInputs the task with other inputs
 * @param withResult the result message with another common part
 */
public record StageProtocol<T, R>(
    Stage stage,
    Parser<T> parser,
    Function<T, TaskHeader> header,
    Function<T, Map<String, Tensor>> inputs,
    Function<T, List<RouteStep>> route,
    BiFunction<T, Map<String, Tensor>, T> withInputs,
    Function<R, StageResult> result,
    BiFunction<R, StageResult, R> withResult) {

  public static final StageProtocol<TextEncoderTask, TextEncoderResult> TEXT_ENCODER =
      new StageProtocol<>(
          Stage.TEXT_ENCODER,
          TextEncoderTask.parser(),
          TextEncoderTask::getHeader,
          TextEncoderTask::getInputsMap,
          TextEncoderTask::getRouteList,
          (task, inputs) -> task.toBuilder().clearInputs().putAllInputs(inputs).build(),
          TextEncoderResult::getResult,
          (result, common) -> result.toBuilder().setResult(common).build());

  public static final StageProtocol<PriorTask, PriorResult> PRIOR =
      new StageProtocol<>(
          Stage.PRIOR,
          PriorTask.parser(),
          PriorTask::getHeader,
          PriorTask::getInputsMap,
          PriorTask::getRouteList,
          (task, inputs) -> task.toBuilder().clearInputs().putAllInputs(inputs).build(),
          PriorResult::getResult,
          (result, common) -> result.toBuilder().setResult(common).build());

  public static final StageProtocol<DenoiserTask, DenoiserResult> DENOISER =
      new StageProtocol<>(
          Stage.DENOISER,
          DenoiserTask.parser(),
          DenoiserTask::getHeader,
          DenoiserTask::getInputsMap,
          DenoiserTask::getRouteList,
          (task, inputs) -> task.toBuilder().clearInputs().putAllInputs(inputs).build(),
          DenoiserResult::getResult,
          (result, common) -> result.toBuilder().setResult(common).build());

  public static final StageProtocol<UpscalerTask, UpscalerResult> UPSCALER =
      new StageProtocol<>(
          Stage.UPSCALER,
          UpscalerTask.parser(),
          UpscalerTask::getHeader,
          UpscalerTask::getInputsMap,
          UpscalerTask::getRouteList,
          (task, inputs) -> task.toBuilder().clearInputs().putAllInputs(inputs).build(),
          UpscalerResult::getResult,
          (result, common) -> result.toBuilder().setResult(common).build());
}
