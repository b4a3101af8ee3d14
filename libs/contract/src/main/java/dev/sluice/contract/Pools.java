package dev.sluice.contract;

import dev.sluice.contract.v1.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which pool of each stage serves which models. A stage of which nothing is said has one pool for
 * all. Every process of a cluster is told the same.
 */
public final class Pools {

  /** One for each stage, as it is where nothing is said. */
  public static final Pools ONE_EACH = new Pools(List.of());

  /** The models that no other pool of the stage serves. */
  private static final String ALL_OTHERS = "*";

  private static final Pattern ENTRY =
      Pattern.compile("([a-z-]+)/([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)=([^=]+)");
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final List<Pool> pools;

  private Pools(List<Pool> said) {
    List<Pool> all = new ArrayList<>();
    for (Stage stage : Stages.ALL) {
      List<Pool> own = said.stream().filter(pool -> pool.stage() == stage).toList();
      all.addAll(own.isEmpty() ? List.of(Pool.whole(stage)) : own);
    }
    this.pools = List.copyOf(all);
  }

  /**
   * Reads pools from settings.
   *
   * @param entries such as {@code denoiser/large=sd3|sdxl} and {@code denoiser/small=*}, where
   *     {@code *} is every model that no other pool of the stage serves
   * @throws IllegalArgumentException if one cannot be read, or two say different things
   */
  public static Pools of(List<String> entries) {
    List<Pool> said = new ArrayList<>();
    for (String entry : entries) {
      Pool pool = read(entry.strip());
      for (Pool other : said) {
        requireApart(pool, other);
      }
      said.add(pool);
    }
    return new Pools(said);
  }

  private static Pool read(String entry) {
    Matcher matcher = ENTRY.matcher(entry);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a pool is '%s'; write it as denoiser/large=sd3|sdxl, or denoiser/small=* for all other models"
              .formatted(entry));
    }
    Stage stage =
        Stages.ALL.stream()
            .filter(one -> Topics.name(one).equals(matcher.group(1)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the pool '%s' is of the stage %s; there are: %s"
                            .formatted(
                                entry,
                                matcher.group(1),
                                Stages.ALL.stream()
                                    .map(Topics::name)
                                    .collect(Collectors.joining(", ")))));
    if (matcher.group(3).equals(ALL_OTHERS)) {
      return new Pool(stage, matcher.group(2), Set.of());
    }
    Set<String> models = new HashSet<>();
    for (String model : matcher.group(3).split("\\|", -1)) {
      if (!MODEL.matcher(model.strip()).matches()) {
        throw new IllegalArgumentException(
            "the pool '%s' serves '%s', which is no name of a model".formatted(entry, model));
      }
      models.add(model.strip());
    }
    return new Pool(stage, matcher.group(2), models);
  }

  private static void requireApart(Pool one, Pool other) {
    if (one.stage() != other.stage()) {
      return;
    }
    if (one.name().equals(other.name())) {
      throw new IllegalArgumentException(
          "there are two pools %s/%s; give them names of their own, or list all models in one"
              .formatted(Topics.name(one.stage()), one.name()));
    }
    Set<String> both = new HashSet<>(one.models());
    both.retainAll(other.models());
    if (!both.isEmpty() || one.models().isEmpty() && other.models().isEmpty()) {
      throw new IllegalArgumentException(
          "the pools %s and %s of the stage %s both serve %s; a model has one pool of a stage"
              .formatted(
                  other.name(),
                  one.name(),
                  Topics.name(one.stage()),
                  both.isEmpty() ? "all other models" : String.join(", ", both)));
    }
  }

  /** All pools, by stage in the order in which pictures pass them. */
  public List<Pool> all() {
    return pools;
  }

  /** Those of a stage. */
  public List<Pool> of(Stage stage) {
    return pools.stream().filter(pool -> pool.stage() == stage).toList();
  }

  /** The pool of a stage that serves a model; empty if none does. */
  public Optional<Pool> serving(Stage stage, String model) {
    List<Pool> own = of(stage);
    return own.stream()
        .filter(pool -> pool.models().contains(model))
        .findFirst()
        .or(() -> own.stream().filter(pool -> pool.models().isEmpty()).findFirst());
  }

  /**
   * A stage's pool by its name.
   *
   * @param name empty for the only one
   * @throws IllegalArgumentException if there is none of that name
   */
  public Pool named(Stage stage, String name) {
    List<Pool> own = of(stage);
    return own.stream()
        .filter(pool -> pool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    own.get(0).name().isEmpty()
                        ? "the stage %s has one pool for all models, and none of the name %s"
                            .formatted(Topics.name(stage), name)
                        : "the stage %s has no pool '%s'; say which of its pools: %s"
                            .formatted(
                                Topics.name(stage),
                                name,
                                own.stream().map(Pool::name).collect(Collectors.joining(", ")))));
  }
}
