package dev.sluice.bench.published;

import java.util.LinkedHashMap;
import java.util.Map;

/** JSON objects, written as keys and values in turn. */
final class Keys {

  private Keys() {}

  /** Values may be null, as they are in published configs. */
  static Map<String, Object> of(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }

  /** The first object with the second's keys over its own. */
  static Map<String, Object> with(Map<String, Object> object, Object... keysAndValues) {
    Map<String, Object> changed = new LinkedHashMap<>(object);
    changed.putAll(of(keysAndValues));
    return changed;
  }
}
