package dev.sluice.gateway.door.kafka;

import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.gateway.door.json.RequestJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** How a record on {@code sluice.requests} is written; its answer is written so as well. */
final class RecordFormat {

  private RecordFormat() {}

  /** What its header says, in any spelling; else what it looks like. */
  static ResultFormat of(ConsumerRecord<byte[], byte[]> record) {
    String type = mediaType(record);
    if (type.contains("protobuf")) {
      return ResultFormat.PROTOBUF;
    }
    boolean json =
        type.equals(RecordHeaders.JSON)
            || type.equals("text/json")
            || type.endsWith("+json")
            || record.value() != null && RequestJson.looksLikeIt(record.value());
    return json ? ResultFormat.JSON : ResultFormat.PROTOBUF;
  }

  /**
   * The format of the answer to a record that can be read in none: JSON to what somebody may have
   * written by hand.
   */
  static ResultFormat ofUnreadable(ConsumerRecord<byte[], byte[]> record) {
    boolean text = record.value() != null && isText(record.value());
    return text && !mediaType(record).contains("protobuf") ? ResultFormat.JSON : of(record);
  }

  private static boolean isText(byte[] value) {
    for (byte b : value) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return value.length > 0;
  }

  /** In lower case, without its parameters; empty if the record has none. */
  private static String mediaType(ConsumerRecord<byte[], byte[]> record) {
    String type = "";
    for (Header header : record.headers()) {
      if (header.key().equalsIgnoreCase(RecordHeaders.CONTENT_TYPE) && header.value() != null) {
        type = new String(header.value(), StandardCharsets.UTF_8);
      }
    }
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
