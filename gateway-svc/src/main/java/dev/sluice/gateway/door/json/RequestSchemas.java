package dev.sluice.gateway.door.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import dev.sluice.contract.Limits;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.request.RequestChecks;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * Adds to the OpenAPI document what {@link RequestJson} takes: the messages of the contract in the
 * form in which {@link JsonMessage} reads them, and the fields that only JSON has. The rest of the
 * document is {@code META-INF/openapi.yaml}.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class RequestSchemas implements OASFilter {

  private static final String PLACE = "#/components/schemas/";

  @Override
  public void filterOpenAPI(OpenAPI document) {
    all().forEach(document.getComponents()::addSchema);
  }

  /** A request, and the messages in it, by their names. */
  static Map<String, Schema> all() {
    Map<String, Schema> schemas = new TreeMap<>();
    add(GenerationRequest.getDescriptor(), schemas);
    addWhatOnlyJsonHas(schemas.get(GenerationRequest.getDescriptor().getName()));
    return schemas;
  }

  private static void add(Descriptor message, Map<String, Schema> schemas) {
    if (schemas.containsKey(message.getName())) {
      return;
    }
    Schema schema = OASFactory.createSchema().type(List.of(SchemaType.OBJECT));
    schemas.put(message.getName(), schema);
    for (FieldDescriptor field : message.getFields()) {
      schema.addProperty(field.getName(), property(field, schemas));
    }
  }

  private static Schema property(FieldDescriptor field, Map<String, Schema> schemas) {
    Schema value = value(field, schemas);
    return field.isRepeated()
        ? OASFactory.createSchema().type(List.of(SchemaType.ARRAY, SchemaType.NULL)).items(value)
        : value;
  }

  private static Schema value(FieldDescriptor field, Map<String, Schema> schemas) {
    return switch (field.getType()) {
      case STRING -> orNull(SchemaType.STRING);
      case BOOL -> orNull(SchemaType.BOOLEAN);
      case DOUBLE -> orNull(SchemaType.NUMBER);
      case UINT32 ->
          orNull(SchemaType.INTEGER)
              .format("int64")
              .description("A whole number " + RequestChecks.allowed(field.getName()) + ".");
      case INT64 ->
          OASFactory.createSchema()
              .type(List.of(SchemaType.INTEGER, SchemaType.STRING, SchemaType.NULL))
              .format("int64");
      case BYTES ->
          orNull(SchemaType.STRING)
              .contentEncoding("base64")
              .description("The bytes of a file in base64, or a data: URL with them.");
      case ENUM ->
          orNull(SchemaType.STRING)
              .enumeration(
                  field.getEnumType().getValues().stream()
                      .filter(constant -> constant.getNumber() != 0)
                      .<Object>map(EnumValueDescriptor::getName)
                      .toList());
      case MESSAGE -> {
        if (field.getMessageType().equals(Duration.getDescriptor())) {
          yield orNull(SchemaType.STRING).description("Seconds, such as 30s.");
        }
        add(field.getMessageType(), schemas);
        yield OASFactory.createSchema().ref(PLACE + field.getMessageType().getName());
      }
      default -> throw new IllegalStateException(field + " has a type without a form in JSON");
    };
  }

  private static Schema orNull(SchemaType type) {
    return OASFactory.createSchema().type(List.of(type, SchemaType.NULL));
  }

  /** OpenAI's names of what the messages call otherwise. */
  private static void addWhatOnlyJsonHas(Schema request) {
    request.description(
        "What is asked for; docs/requests.md says what each field means, and each refusal what it may be.");
    request.addProperty(
        "size",
        orNull(SchemaType.STRING)
            .description("WIDTHxHEIGHT in pixels, or auto for the model's own."));
    request.addProperty(
        "steps",
        orNull(SchemaType.INTEGER).description("The denoiser's, 1 to %d.".formatted(Limits.STEPS)));
    request.addProperty("guidance_scale", orNull(SchemaType.NUMBER).description("The denoiser's."));
    request.addProperty(
        "user", orNull(SchemaType.STRING).description("OpenAI's name of the tenant."));
  }
}
