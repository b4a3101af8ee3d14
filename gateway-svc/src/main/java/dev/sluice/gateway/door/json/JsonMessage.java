package dev.sluice.gateway.door.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Durations;
import dev.sluice.catalog.file.Nearest;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a protobuf message from JSON. Names and forms are those of the proto3 JSON mapping, which
 * {@code JsonFormat} reads as well; but types are strict, and each mistake is told by the path of
 * its field, such as {@code upscaler[0].steps}.
 *
 * @param path of the message in the request, with a dot at its end; empty for the request itself
 * @param others names that are read elsewhere, for whoever misspells one
 */
record JsonMessage(String path, Set<String> others) {

  private static final BigInteger MOST_UINT32 =
      BigInteger.ONE.shiftLeft(Integer.SIZE).subtract(BigInteger.ONE);

  private static final int MOST_DIGITS = 30;
  private static final String DENOISER = "denoiser";
  private static final Pattern ADDRESS = Pattern.compile("\\s*(https?|file|blob|s3|ftp):");

  /**
   * Sets the fields that a JSON object has; what is null is not there.
   *
   * @param others names that are no fields, but that callers may give all the same
   * @throws RequestException when a field is unknown, given twice or of the wrong type
   */
  static void merge(JsonNode object, Set<String> others, Message.Builder into) {
    new JsonMessage("", others).read(object, into);
  }

  private void read(JsonNode object, Message.Builder into) {
    object
        .properties()
        .forEach(
            entry -> {
              FieldDescriptor field = field(entry.getKey(), into.getDescriptorForType());
              if (!entry.getValue().isNull()) {
                requireUnset(field, into);
                set(field, entry.getValue(), into);
              }
            });
  }

  private FieldDescriptor field(String name, Descriptor message) {
    return message.getFields().stream()
        .filter(field -> field.getName().equals(name) || field.getJsonName().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name, message));
  }

  private RequestException unknown(String name, Descriptor message) {
    Set<String> known = new TreeSet<>(others);
    message.getFields().forEach(field -> known.add(field.getName()));
    // What many take for a setting of the request is one of a stage.
    Map<String, String> places = new TreeMap<>();
    message.getFields().stream()
        .filter(field -> field.getName().equals(DENOISER))
        .flatMap(stage -> stage.getMessageType().getFields().stream())
        .forEach(setting -> places.put(setting.getName(), DENOISER + "." + setting.getName()));
    known.forEach(field -> places.put(field, path + field));
    String quoted = Texts.quotable(path + name);
    String meant =
        Nearest.to(name, places.keySet())
            .map(places::get)
            .map(" Did you mean %s?"::formatted)
            .orElse("");
    return RequestException.invalid(
        quoted, "There is no field '%s'; there are %s.%s".formatted(quoted, known, meant));
  }

  /** A field has two names in JSON, and of some groups of fields only one can be given. */
  private void requireUnset(FieldDescriptor field, Message.Builder into) {
    if (into.getAllFields().containsKey(field)) {
      throw RequestException.invalid(
          path + field.getName(), "The field %s is given twice.".formatted(path + field.getName()));
    }
    OneofDescriptor oneof = field.getRealContainingOneof();
    if (oneof != null && into.hasOneof(oneof)) {
      throw RequestException.invalid(
          path + field.getName(),
          "%s and %s cannot be given at once; leave one of them out."
              .formatted(
                  path + into.getOneofFieldDescriptor(oneof).getName(), path + field.getName()));
    }
  }

  private void set(FieldDescriptor field, JsonNode value, Message.Builder into) {
    String name = path + field.getName();
    if (!field.isRepeated()) {
      into.setField(field, value(name, field, value, into));
      return;
    }
    require(value, JsonNode::isArray, name, "an array");
    for (int i = 0; i < value.size(); i++) {
      into.addRepeatedField(field, value(name + "[" + i + "]", field, value.get(i), into));
    }
  }

  private static Object value(
      String name, FieldDescriptor field, JsonNode value, Message.Builder parent) {
    return switch (field.getType()) {
      case STRING -> require(value, JsonNode::isTextual, name, "a string").textValue();
      case BOOL -> require(value, JsonNode::isBoolean, name, "true or false").booleanValue();
      case DOUBLE ->
          require(
                  value,
                  JsonNode::isNumber,
                  name,
                  value.isTextual() ? "a number, without quotes" : "a number")
              .doubleValue();
      case UINT32 -> uint32(name, field.getName(), value);
      case INT64 -> int64(name, value);
      case BYTES -> bytes(name, value);
      case ENUM -> constant(name, value, field.getEnumType());
      case MESSAGE ->
          field.getMessageType().equals(Duration.getDescriptor())
              ? duration(name, value)
              : message(name, value, parent.newBuilderForField(field));
      default -> throw new IllegalStateException(name + " has a type without a form in JSON");
    };
  }

  private static int uint32(String name, String field, JsonNode value) {
    BigInteger integer = whole(value);
    if (integer == null || integer.signum() < 0 || integer.compareTo(MOST_UINT32) > 0) {
      String quotes = value.isTextual() ? ", without quotes" : "";
      throw wrong(name, "a whole number " + RequestChecks.allowed(field) + quotes);
    }
    return integer.intValue();
  }

  /** Programs that know floating point only keep the digits of such numbers in strings. */
  private static long int64(String name, JsonNode value) {
    try {
      BigInteger integer = value.isTextual() ? new BigInteger(value.textValue()) : whole(value);
      if (integer != null) {
        return integer.longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Told below, like what is no number at all.
    }
    throw wrong(
        name,
        name.endsWith("seed")
            ? "an integer from 0 to 2^63 - 1; without one, it is a random one"
            : "an integer of less than 2^63");
  }

  /** The value of a whole number, which may be written as 1.0 or 1e3; null for any other value. */
  private static BigInteger whole(JsonNode value) {
    if (!value.isIntegralNumber() && !value.isBigDecimal()) {
      return null;
    }
    BigDecimal number = value.decimalValue().stripTrailingZeros();
    boolean small = number.precision() - (long) number.scale() <= MOST_DIGITS;
    return number.scale() <= 0 && small ? number.toBigIntegerExact() : null;
  }

  /**
   * A file as it is, where one came beside the JSON; or in base64, in either alphabet and with line
   * breaks, or a data URL with one in it.
   */
  private static ByteString bytes(String name, JsonNode value) {
    if (value instanceof BinaryNode file) {
      return UnsafeByteOperations.unsafeWrap(file.binaryValue());
    }
    String what = "the bytes of a file in base64, or a data URL with them";
    String text = require(value, JsonNode::isTextual, name, what).textValue();
    if (ADDRESS.matcher(text).lookingAt()) {
      throw wrong(name, what + "; no addresses are fetched");
    }
    try {
      byte[] file = Base64Text.decode(text);
      if (file.length == 0) {
        throw RequestException.invalid(
            name, "The %s is an empty file; leave the field out if there is none.".formatted(name));
      }
      return UnsafeByteOperations.unsafeWrap(file);
    } catch (IllegalArgumentException e) {
      throw wrong(name, what);
    }
  }

  private static Duration duration(String name, JsonNode value) {
    String what = "a string of seconds, such as \"30s\"";
    try {
      return Durations.parse(require(value, JsonNode::isTextual, name, what).textValue());
    } catch (ParseException e) {
      throw wrong(name, what);
    }
  }

  private static EnumValueDescriptor constant(
      String name, JsonNode value, EnumDescriptor constants) {
    EnumValueDescriptor found = constants.findValueByName(value.asText());
    if (!value.isTextual() || found == null || found.getNumber() == 0) {
      throw wrong(
          name,
          constants.getValues().stream()
              .filter(constant -> constant.getNumber() != 0)
              .map(EnumValueDescriptor::getName)
              .collect(Collectors.joining(", ", "one of ", "")));
    }
    return found;
  }

  private static Message message(String name, JsonNode value, Message.Builder into) {
    new JsonMessage(name + ".", Set.of())
        .read(require(value, JsonNode::isObject, name, "an object"), into);
    return into.build();
  }

  private static JsonNode require(
      JsonNode value, Predicate<JsonNode> type, String name, String what) {
    if (!type.test(value)) {
      throw wrong(name, what);
    }
    return value;
  }

  private static RequestException wrong(String name, String what) {
    return RequestException.invalid(name, "The field %s must be %s.".formatted(name, what));
  }
}
