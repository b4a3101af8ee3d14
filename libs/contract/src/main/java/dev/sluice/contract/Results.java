package dev.sluice.contract;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ResultFormat;
import java.nio.charset.StandardCharsets;

/** The values of records on {@code sluice.results}, in either of their two formats. */
public final class Results {

  private Results() {}

  /** A record's value. */
  public static byte[] write(GenerationResult result, ResultFormat format) {
    if (format != ResultFormat.JSON) {
      return result.toByteArray();
    }
    try {
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .print(result)
          .getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the result has no JSON form", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param contentType the record's {@link RecordHeaders#CONTENT_TYPE}, null where it has none
   * @throws InvalidProtocolBufferException if the value is no result
   */
  public static GenerationResult read(byte[] value, String contentType)
      throws InvalidProtocolBufferException {
    if (contentType == null || !contentType.startsWith(RecordHeaders.JSON)) {
      return GenerationResult.parseFrom(value);
    }
    GenerationResult.Builder result = GenerationResult.newBuilder();
    JsonFormat.parser()
        .ignoringUnknownFields()
        .merge(new String(value, StandardCharsets.UTF_8), result);
    return result.build();
  }
}
