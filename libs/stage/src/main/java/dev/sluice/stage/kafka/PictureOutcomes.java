package dev.sluice.stage.kafka;

import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.PngImage;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.stage.trace.TraceParent;
import dev.sluice.stage.work.OutageException;
import dev.sluice.stage.work.Payloads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what became of pictures, and keeps it for those who ask again. */
final class PictureOutcomes {

  private static final Logger LOG = LoggerFactory.getLogger(PictureOutcomes.class);

  private final Stage stage;
  private final Payloads payloads;
  private final Outbox outbox;

  /**
   * @param stage where they end, well or not
   */
  PictureOutcomes(Stage stage, Payloads payloads, Outbox outbox) {
    this.stage = stage;
    this.payloads = payloads;
    this.outbox = outbox;
  }

  /** The picture is made. */
  void done(TaskHeader header, PngImage picture) {
    GenerationResult outcome = finalResult(header, picture);
    payloads.keepOutcome(ImageId.of(header).orElseThrow(), outcome);
    outbox.sendResult(outcome, header.getResultFormat(), TraceParent.current());
  }

  /**
   * There will be no picture.
   *
   * @param field at fault, empty for none
   */
  void failed(TaskHeader header, ErrorCode code, String field, String message) {
    failed(
        header,
        GenerationError.newBuilder()
            .setCode(code)
            .setField(field)
            .setMessage(Outbox.abridged(message))
            .build());
  }

  /** There will be no picture; of a header that names none nothing is told. */
  void failed(TaskHeader header, GenerationError error) {
    ImageId.of(header)
        .ifPresent(
            image -> {
              GenerationResult outcome =
                  outcomeOf(header).setError(error.toBuilder().setStage(stage)).build();
              try {
                payloads.keepOutcome(image, outcome);
              } catch (OutageException e) {
                // Those who wait are told all the same; who asks again will wait for the deadline.
                LOG.warn("The error of {} could not be kept: {}", image, e.getMessage());
              }
              outbox.sendResult(outcome, header.getResultFormat(), TraceParent.current());
            });
  }

  private static GenerationResult.Builder outcomeOf(TaskHeader header) {
    return GenerationResult.newBuilder()
        .setRequestId(header.getRequestId())
        .setTenant(header.getTenant())
        .setWorkId(header.getWorkId())
        .setImageIndex(header.getImageIndex());
  }

  private static GenerationResult finalResult(TaskHeader header, PngImage picture) {
    return outcomeOf(header)
        .setImage(
            Image.newBuilder()
                .setIndex(header.getImageIndex())
                .setSeed(header.getSeed())
                .setWidth(picture.getWidth())
                .setHeight(picture.getHeight())
                .setPng(picture.getPng())
                .addAllTimings(header.getTimingsList())
                .addAllWarnings(header.getWarningsList()))
        .build();
  }
}
