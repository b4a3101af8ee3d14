package dev.sluice.gateway.door.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.junit.jupiter.api.Test;

/** What the document says of requests is what their reader takes. */
class RequestSchemasTest {

  private final Map<String, Schema> schemas = RequestSchemas.all();

  @Test
  void all_nameEveryFieldOfTheMessages() {
    TreeSet<String> ofRequest =
        new TreeSet<>(schemas.get("GenerationRequest").getProperties().keySet());
    ofRequest.removeAll(java.util.Set.of("size", "steps", "guidance_scale", "user"));

    assertThat(ofRequest)
        .containsExactlyInAnyOrderElementsOf(
            GenerationRequest.getDescriptor().getFields().stream()
                .map(FieldDescriptor::getName)
                .toList());
    assertThat(schemas.get("SamplingSettings").getProperties().keySet())
        .containsExactlyInAnyOrderElementsOf(
            SamplingSettings.getDescriptor().getFields().stream()
                .map(FieldDescriptor::getName)
                .toList());
    assertThat(schemas).containsKeys("Interpolation", "Change", "Origin");
  }

  /** Of each field a value of every type that the document gives it. */
  @Test
  void all_giveTypesThatTheReaderTakes() {
    Map<SchemaType, String> values = new TreeMap<>();
    values.put(SchemaType.BOOLEAN, "true");
    values.put(SchemaType.INTEGER, "1");
    values.put(SchemaType.NUMBER, "0.5");
    values.put(SchemaType.NULL, "null");
    values.put(SchemaType.ARRAY, "[]");
    values.put(SchemaType.OBJECT, "{}");
    schemas
        .get("GenerationRequest")
        .getProperties()
        .forEach(
            (name, schema) -> {
              if (schema.getRef() != null) {
                assertThatCode(() -> read(name, "{}")).as(name).doesNotThrowAnyException();
                return;
              }
              for (SchemaType type : schema.getType()) {
                String value = type == SchemaType.STRING ? text(name, schema) : values.get(type);
                assertThatCode(() -> read(name, value))
                    .as("%s: %s", name, value)
                    .doesNotThrowAnyException();
              }
            });
  }

  private static String text(String name, Schema schema) {
    return switch (name) {
      case "timeout" -> "\"30s\"";
      case "size" -> "\"64x64\"";
      case "seed" -> "\"7\"";
      default -> "base64".equals(schema.getContentEncoding()) ? "\"aGVsbG8=\"" : "\"a\"";
    };
  }

  private static void read(String name, String value) throws RequestException {
    RequestJson.parse("{\"%s\": %s}".formatted(name, value).getBytes(UTF_8));
  }
}
