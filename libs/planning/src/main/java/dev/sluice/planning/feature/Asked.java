package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.model.Models;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is asked of which model.
 *
 * @param request checked for everything that does not depend on the model
 * @param abilities what the model can do
 * @param models all that could help it
 */
public record Asked(
    GenerationRequest request, ModelFolder model, Set<Ability> abilities, Models models) {

  public Asked(GenerationRequest request, ModelFolder model, Models models) {
    this(request, model, model.abilities(), models);
  }

  /** The same of pictures of that size. */
  public Asked of(ImageSize size) {
    return new Asked(
        request.toBuilder().setWidth(size.width()).setHeight(size.height()).build(),
        model,
        abilities,
        models);
  }

  /** Whether the model can do something. */
  public boolean can(Ability ability) {
    return abilities.contains(ability);
  }

  /** Whether a picture is given. */
  boolean hasImage() {
    return !request.getImage().isEmpty();
  }

  /** Whether other pictures of what one shows are to be made. */
  boolean varies() {
    return can(Ability.VARIATIONS_ONLY) || request.getVariation();
  }

  /**
   * A refusal.
   *
   * @param message with places for the model's name, which is the first, and for {@code others}
   */
  RequestException refused(String field, String message, Object... others) {
    Object[] values = Stream.concat(Stream.of(model.name()), Stream.of(others)).toArray();
    return RequestException.invalid(field, message.formatted(values));
  }
}
