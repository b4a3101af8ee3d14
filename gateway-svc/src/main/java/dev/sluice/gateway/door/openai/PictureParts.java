package dev.sluice.gateway.door.openai;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.Image;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pictures as they stand in answers.
 *
 * @param base where {@code links} are asked for, with a slash at its end
 */
record PictureParts(ImageCall call, PictureLinks links, String base) {

  private static final int WIDTH = 16;
  private static final int HEIGHT = 20;

  /** An entry of {@code data}. */
  Map<String, Object> entry(Image image) {
    byte[] file = file(image.getPng());
    Map<String, Object> entry = new LinkedHashMap<>();
    if (call.asLink()) {
      entry.put("url", base + links.store(file, call.options().format()));
    } else {
      entry.put("b64_json", Base64.getEncoder().encodeToString(file));
    }
    entry.put("seed", image.getSeed());
    return entry;
  }

  /** What all events of a picture, or of a preview of it, have. */
  Map<String, Object> event(String what, ByteString png) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", call.kind().event(what));
    event.put("b64_json", Base64.getEncoder().encodeToString(file(png)));
    event.put("created_at", System.currentTimeMillis() / 1000);
    event.put("size", size(png));
    event.put("quality", "auto");
    event.put("background", "opaque");
    event.put("output_format", call.options().format().id());
    return event;
  }

  /** Of the picture itself: a preview may be smaller. */
  static String size(ByteString png) {
    ByteBuffer header = png.asReadOnlyByteBuffer();
    return header.getInt(WIDTH) + "x" + header.getInt(HEIGHT);
  }

  private byte[] file(ByteString png) {
    return call.options().format().of(png.toByteArray(), call.options().quality());
  }
}
