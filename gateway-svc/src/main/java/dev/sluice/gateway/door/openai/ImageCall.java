package dev.sluice.gateway.door.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.gateway.door.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/**
 * What a call asks for.
 *
 * @param request as all doors have it
 * @param options of the answer
 * @param asLink whether pictures come as addresses
 * @param byAlias whether the model is named as elsewhere: then a size is a wish, as no model here
 *     was meant
 * @param warnings what its asker should know
 */
record ImageCall(
    Kind kind,
    GenerationRequest request,
    ImageOptions options,
    boolean asLink,
    boolean byAlias,
    List<String> warnings) {

  /** Models elsewhere that answer with addresses unless they are told not to. */
  private static final String ANSWERS_WITH_LINKS = "dall-e";

  /**
   * Reads a call.
   *
   * @param body whose fields are taken out of it
   * @throws dev.sluice.planning.request.RequestException if it is not one
   */
  static ImageCall of(Kind kind, ObjectNode body, ModelAliases aliases) {
    ImageOptions options = ImageOptions.take(body);
    GenerationRequest.Builder request = RequestJson.request(body).toBuilder();
    List<String> warnings = new ArrayList<>(options.warnings());
    String named = request.getModel();
    boolean byAlias = aliases.isAlias(named);
    request.setModel(aliases.modelOf(named));
    kind.apply(request, warnings);
    if (options.partials() > 0
        && request.getPreviews() == 0
        && request.getPreviewEverySteps() == 0) {
      request.setPreviews(options.partials());
    }
    boolean links = byAlias && named.startsWith(ANSWERS_WITH_LINKS);
    return new ImageCall(
        kind, request.build(), options, options.asLink().orElse(links), byAlias, warnings);
  }

  /** The same call by another label. */
  ImageCall labelled(String label) {
    return with(request.toBuilder().setRequestId(label).build());
  }

  /** The same call for pictures of the model's own size. */
  ImageCall ofAnySize(String why) {
    warnings.add("The pictures have the model's own size. " + why);
    return with(request.toBuilder().clearWidth().clearHeight().build());
  }

  private ImageCall with(GenerationRequest other) {
    return new ImageCall(kind, other, options, asLink, byAlias, warnings);
  }
}
