package dev.sluice.gateway.pending;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationEvent.EventCase;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.plan.GenerationPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GenerationTest {

  private static final class Recorder implements GenerationListener {

    private final List<GenerationEvent> events = new ArrayList<>();
    private final List<Optional<GenerationError>> ends = new ArrayList<>();

    @Override
    public void onEvent(GenerationEvent event) {
      assertThat(ends).as("no event after the end").isEmpty();
      events.add(event);
    }

    @Override
    public void onEnd(Optional<GenerationError> error) {
      ends.add(error);
    }

    List<EventCase> cases() {
      return events.stream().map(GenerationEvent::getEventCase).toList();
    }
  }

  private static Generation generation(int images) {
    TaskHeader header = TaskHeader.newBuilder().setRequestId("r").setWorkId("w").build();
    return new Generation(
        new GenerationPlan(
            header, Recipe.getDefaultInstance(), images, Map.of(), List.of(), List.of()),
        false);
  }

  @Test
  void plan_isHeldWithoutTheInputsThatWereWritten() {
    TaskHeader header = TaskHeader.newBuilder().setRequestId("r").setWorkId("w").build();
    Map<String, Tensor> inputs = Map.of("image", Tensor.getDefaultInstance());
    GenerationPlan plan =
        new GenerationPlan(header, Recipe.getDefaultInstance(), 1, inputs, List.of(), List.of());

    assertThat(new Generation(plan, false).plan()).isEqualTo(plan.withoutInputs());
    assertThat(plan.withoutInputs().inputs()).isEmpty();
  }

  private static GenerationResult image(int index) {
    return GenerationResult.newBuilder()
        .setRequestId("r")
        .setImageIndex(index)
        .setImage(Image.newBuilder().setIndex(index).setPng(ByteString.copyFromUtf8("png")))
        .build();
  }

  private static GenerationEvent progress(int index) {
    return GenerationEvent.newBuilder()
        .setRequestId("r")
        .setImageIndex(index)
        .setProgress(StageProgress.newBuilder().setStep(1).setTotal(2))
        .build();
  }

  @Property
  void onResult_handsOnEachPictureOnceInWhateverOrderAndHoweverOftenResultsCome(
      @ForAll @Size(max = 40) List<@IntRange(min = -1, max = 6) Integer> arrivals) {
    Generation generation = generation(5);
    Recorder caller = new Recorder();
    generation.join(caller);

    arrivals.forEach(index -> generation.onResult(image(index)));
    List.of(0, 1, 2, 3, 4).forEach(index -> generation.onResult(image(index)));

    assertThat(caller.events.stream().filter(GenerationEvent::hasImage))
        .extracting(GenerationEvent::getImageIndex)
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThat(caller.ends).containsExactly(Optional.empty());
  }

  @Test
  void join_startsWithHowTheRequestWasUnderstood() {
    Recorder caller = new Recorder();

    generation(2).join(caller);

    assertThat(caller.events.get(0).getAccepted().getN()).isEqualTo(2);
  }

  @Test
  void join_tellsALateCallerThePicturesThatAreReady() {
    Generation generation = generation(2);
    generation.join(new Recorder());
    generation.onResult(image(1));
    Recorder late = new Recorder();

    generation.join(late);
    generation.onResult(image(0));

    assertThat(late.cases()).containsExactly(EventCase.ACCEPTED, EventCase.IMAGE, EventCase.IMAGE);
    assertThat(late.ends).hasSize(1);
  }

  @Test
  void onEvent_isSilentAboutPicturesThatAreDone() {
    Generation generation = generation(2);
    Recorder caller = new Recorder();
    generation.join(caller);
    generation.onEvent(progress(0));
    generation.onResult(image(0));

    generation.onEvent(progress(0));

    assertThat(caller.cases())
        .containsExactly(EventCase.ACCEPTED, EventCase.PROGRESS, EventCase.IMAGE);
  }

  @Test
  void onResult_endsAtOnceWhenTheWholeRequestFailed() {
    Generation generation = generation(3);
    Recorder caller = new Recorder();
    generation.join(caller);
    GenerationError error = GenerationError.newBuilder().setCode(ErrorCode.INTERNAL).build();

    boolean over =
        generation.onResult(
            GenerationResult.newBuilder().setWholeRequest(true).setError(error).build());

    assertThat(over).isTrue();
    assertThat(caller.ends).containsExactly(Optional.of(error));
  }

  @Test
  void onResult_countsAPictureThatFailedAsAnOutcome() {
    Generation generation = generation(1);
    Recorder caller = new Recorder();
    generation.join(caller);

    generation.onResult(
        GenerationResult.newBuilder()
            .setError(GenerationError.newBuilder().setCode(ErrorCode.INVALID_ARGUMENT))
            .build());

    assertThat(caller.cases()).containsExactly(EventCase.ACCEPTED, EventCase.ERROR);
    assertThat(caller.ends).containsExactly(Optional.empty());
  }

  @Test
  void leave_saysWhetherAnybodyStillWaits() {
    Generation generation = generation(1);
    Recorder one = new Recorder();
    Recorder other = new Recorder();
    generation.join(one);
    generation.join(other);

    assertThat(generation.leave(one)).isFalse();
    assertThat(generation.leave(other)).isTrue();
  }

  @Test
  void join_tellsALateCallerTheErrorThatEndedTheRequest() {
    Generation generation = generation(2);
    generation.onResult(image(1));
    GenerationError error = GenerationError.newBuilder().setCode(ErrorCode.CANCELLED).build();
    generation.end(Optional.of(error));
    Recorder late = new Recorder();

    generation.join(late);

    assertThat(late.cases()).containsExactly(EventCase.ACCEPTED, EventCase.IMAGE);
    assertThat(late.ends).containsExactly(Optional.of(error));
  }

  @Test
  void onResult_reachesEveryoneThoughOneOfThemFails() {
    Generation generation = generation(1);
    generation.join(
        new GenerationListener() {
          @Override
          public void onEvent(GenerationEvent event) {
            if (event.hasImage()) {
              throw new IllegalStateException("the call is over");
            }
          }

          @Override
          public void onEnd(Optional<GenerationError> error) {
            throw new IllegalStateException("the call is over");
          }
        });
    Recorder other = new Recorder();
    generation.join(other);

    generation.onResult(image(0));

    assertThat(other.cases()).containsExactly(EventCase.ACCEPTED, EventCase.IMAGE);
    assertThat(other.ends).containsExactly(Optional.empty());
  }

  @Test
  void whenOver_runsOnceHoweverTheRequestEnds() {
    List<String> runs = new ArrayList<>();
    Generation ended = generation(1);
    ended.whenOver(() -> runs.add("ended"));
    ended.onResult(image(0));
    ended.abandon();
    ended.whenOver(() -> runs.add("after"));
    Generation left = generation(1);
    left.whenOver(() -> runs.add("left"));
    left.abandon();

    assertThat(runs).containsExactly("ended", "after", "left");
  }
}
