package dev.sluice.planning.plan;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/** The header of a request's picture 0, but for its recipe and for what work it is part of. */
public final class FirstHeader {

  private FirstHeader() {}

  /**
   * What a request says for itself.
   *
   * @param model the name of the model
   * @param now when the request was accepted
   * @param route that its pictures take
   */
  public static TaskHeader.Builder of(
      GenerationRequest request, String model, Timestamp now, List<RouteStep> route) {
    String id =
        request.getRequestId().isEmpty() ? UUID.randomUUID().toString() : request.getRequestId();
    TaskHeader.Builder header =
        TaskHeader.newBuilder()
            .setRequestId(id)
            .setModel(model)
            .setSeed(request.hasSeed() ? request.getSeed() : seedOf(id))
            .setCreatedAt(now)
            .setTenant(request.getTenant())
            .setPreviewEverySteps(PreviewSteps.of(request, route));
    if (request.hasTimeout()) {
      header.setDeadline(Timestamps.add(now, request.getTimeout()));
    }
    return header;
  }

  /**
   * The seed of a request that gives none: a function of its label, so that a request planned
   * twice, as happens when its record is delivered again, makes the same pictures. Below 2^32,
   * which every JSON reader keeps exactly.
   */
  private static long seedOf(String requestId) {
    CRC32 crc = new CRC32();
    crc.update(requestId.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
