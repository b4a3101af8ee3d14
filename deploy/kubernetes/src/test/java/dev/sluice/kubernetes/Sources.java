package dev.sluice.kubernetes;

import dev.sluice.contract.v1.Stage;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the services' code says: the manifests are held to it without building or starting it. */
final class Sources {

  /** The services, the gateway first. */
  static final List<String> SERVICES =
      List.of("gateway", "text-encoder", "prior", "denoiser", "upscaler", "scaler");

  private static final Pattern MAPPING =
      Pattern.compile("@ConfigMapping\\(prefix = \"([^\"]+)\"\\)");
  private static final Pattern SETTING = Pattern.compile("(?m)^  [A-Z]?[\\w<>]+ (\\w+)\\(\\);");
  private static final Pattern PROPERTY =
      Pattern.compile("@ConfigProperty\\(\\s*name = \"([^\"]+)\"");

  private static List<String> services;

  private Sources() {}

  /** The stages that there are. */
  static Stream<Stage> stages() {
    return Stream.of(Stage.values())
        .filter(stage -> stage != Stage.STAGE_UNSPECIFIED && stage != Stage.UNRECOGNIZED);
  }

  /** The text of every class of the services and of the libraries under them. */
  static synchronized List<String> ofServices() {
    if (services == null) {
      services =
          Stream.concat(
                  Stream.of("libs/stage", "libs/serving", "libs/contract"),
                  SERVICES.stream().map(service -> service + "-svc"))
              .flatMap(module -> files(Manifests.HOME.resolve(module).resolve("src/main/java")))
              .map(Sources::text)
              .toList();
    }
    return services;
  }

  /** A service's {@code application.properties}. */
  static Properties properties(String service) {
    return properties(
        Manifests.HOME.resolve(service + "-svc/src/main/resources/application.properties"));
  }

  /** What every service has unless it says otherwise. */
  static Properties ofEveryService() {
    return properties(
        Manifests.HOME.resolve(
            "libs/stage/src/main/resources/META-INF/microprofile-config.properties"));
  }

  private static Properties properties(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(reader);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment variables that services read as settings of their own. */
  static Set<String> settings() {
    Set<String> names = new TreeSet<>();
    for (String source : ofServices()) {
      all(PROPERTY, source).map(found -> variable(found.group(1))).forEach(names::add);
      all(MAPPING, source)
          .forEach(
              mapping ->
                  all(SETTING, source)
                      .map(found -> variable(mapping.group(1) + "." + kebab(found.group(1))))
                      .forEach(names::add));
    }
    return names;
  }

  static Stream<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  /** The environment variable of a setting. */
  static String variable(String setting) {
    return setting.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  private static String kebab(String method) {
    return method.replaceAll("([A-Z])", "-$1");
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
