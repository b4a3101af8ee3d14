package dev.sluice.launcher.system.around;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Set;

/** Messages as a build of tomorrow would write them: with fields and values that are new. */
public final class NewerBuild {

  /** A number that no field and no value has yet. */
  private static final int NEW = 20_001;

  private final Set<String> kept;

  /**
   * What it writes.
   *
   * @param kept full names of enum fields whose values decide what is to be done: with a new one
   *     the message would ask for what today's build cannot do
   */
  public NewerBuild(Set<String> kept) {
    this.kept = Set.copyOf(kept);
  }

  /**
   * A message and all messages in it, each with new fields of both kinds, and with new values of
   * its enum fields.
   */
  public Message write(Message message) {
    Message.Builder builder = message.toBuilder();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated()) {
                builder.clearField(field);
                for (Object element : (List<?>) value) {
                  builder.addRepeatedField(field, changed(field, element));
                }
              } else {
                builder.setField(field, changed(field, value));
              }
            });
    // Entries of maps are messages to a reflection only.
    if (!message.getDescriptorForType().getOptions().getMapEntry()) {
      builder.setUnknownFields(
          UnknownFieldSet.newBuilder(message.getUnknownFields())
              .addField(NEW, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
              .addField(
                  NEW + 1,
                  UnknownFieldSet.Field.newBuilder()
                      .addLengthDelimited(ByteString.copyFromUtf8("new"))
                      .build())
              .build());
    }
    return builder.build();
  }

  /** Whether a message has what only such a build writes. */
  public static boolean wrote(Message message) {
    return message.getUnknownFields().hasField(NEW);
  }

  private Object changed(FieldDescriptor field, Object value) {
    if (field.getJavaType() == JavaType.MESSAGE) {
      return write((Message) value);
    }
    if (field.getJavaType() == JavaType.ENUM && !kept.contains(field.getFullName())) {
      return valueOf(field.getEnumType());
    }
    return value;
  }

  private static EnumValueDescriptor valueOf(EnumDescriptor type) {
    return type.findValueByNumberCreatingIfUnknown(NEW);
  }
}
