package dev.sluice.gateway.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.resteasy.reactive.server.multipart.FormValue;
import org.jboss.resteasy.reactive.server.multipart.MultipartFormDataInput;

/**
 * A body of several parts as the JSON that it stands for. Parts are texts or files: what is neither
 * a text nor a file in JSON, such as a number or an object, is its JSON here.
 */
final class FormBody {

  private static final Set<String> IMAGES = Set.of("image", "image[]");
  private static final Set<String> FILES = Set.of("image", "image[]", "mask");

  /** What stands in a decoded text for bytes that are none of it. */
  private static final char REPLACED = '\ufffd';

  private FormBody() {}

  /**
   * The fields of a body.
   *
   * @throws RequestException if one is given twice, or is not what it should be
   */
  static ObjectNode read(MultipartFormDataInput form) {
    if (form.getValues().isEmpty()) {
      throw RequestException.invalid(
          "", "No part of the body can be read; is its boundary that of the Content-Type?");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    List<FormValue> images = new ArrayList<>();
    for (Map.Entry<String, Collection<FormValue>> part : form.getValues().entrySet()) {
      String name = part.getKey();
      if (name == null || name.isEmpty()) {
        throw RequestException.invalid(
            "", "A part of the body has no name; give it one: form-data; name=\"prompt\", say.");
      }
      if (IMAGES.contains(name)) {
        images.addAll(part.getValue());
      } else if (part.getValue().size() > 1) {
        String quoted = Texts.quotable(name);
        throw RequestException.invalid(quoted, "The field %s is given twice.".formatted(quoted));
      } else {
        part.getValue().forEach(value -> put(name, value, body));
      }
    }
    if (images.size() > 1) {
      throw RequestException.invalid(
          "image[1]", "There are %d images; send one at a time.".formatted(images.size()));
    }
    images.forEach(image -> put("image", image, body));
    return body;
  }

  private static void put(String name, FormValue value, ObjectNode body) {
    if (value.isFileItem()) {
      if (!FILES.contains(name)) {
        String quoted = Texts.quotable(name);
        throw RequestException.invalid(
            quoted, "The field %s is no file; send its value alone.".formatted(quoted));
      }
      body.put(name, bytes(name, value));
    } else {
      if (value.getValue().indexOf(REPLACED) >= 0) {
        String quoted = Texts.quotable(name);
        throw RequestException.invalid(quoted, "The field %s is not UTF-8.".formatted(quoted));
      }
      JsonNode read = RequestJson.valueOf(name, value.getValue());
      if (read != null) {
        body.set(name, read);
      }
    }
  }

  private static byte[] bytes(String name, FormValue value) {
    try (InputStream file = value.getFileItem().getInputStream()) {
      byte[] bytes = file.readAllBytes();
      if (bytes.length == 0) {
        throw RequestException.invalid(name, "The %s is an empty file.".formatted(name));
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("what was sent cannot be read again", e);
    }
  }
}
