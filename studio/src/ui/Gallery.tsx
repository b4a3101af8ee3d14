import { computed, signal } from "@preact/signals";
import { tell } from "../logic/actions";
import {
  active,
  generations,
  hasOlder,
  isLoaded,
  loadOlder,
  matches,
  pictures,
  type Shown,
} from "../logic/generations";
import { title } from "../logic/recipe";
import { stars, toggleStar } from "../logic/studio";
import { pictureHash } from "./Dialogs";
import { grain } from "./grain";
import { Icon } from "./icons";
import { isSelected, toggleSelected } from "./selection";

const STEP = 60;

const search = signal("");
const onlyStars = signal(false);
const shownCount = signal(STEP);

const found = computed(() =>
  pictures.value.filter(
    (shown) =>
      (!onlyStars.value || stars.value.includes(shown.key)) &&
      (!search.value.trim() || matches(shown, search.value.trim())),
  ),
);

/** Pictures before and after one, as the gallery has them. */
export function neighbours(key: string): [Shown | undefined, Shown | undefined] {
  const place = found.value.findIndex((shown) => shown.key === key);
  return place < 0 ? [undefined, undefined] : [found.value[place - 1], found.value[place + 1]];
}

export function Gallery() {
  const all = found.value;
  const isSearching = search.value.trim() !== "" || onlyStars.value;
  return (
    <section class="gallery" aria-label="Pictures">
      <div class="gallery-top">
        <h2>Pictures</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyStars.value}
            onChange={(event) => (onlyStars.value = event.currentTarget.checked)}
          />
          Starred
        </label>
        <input
          type="search"
          aria-label="Search pictures"
          placeholder="Search"
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
            shownCount.value = STEP;
          }}
        />
      </div>
      {all.length === 0 && isLoaded.value && (
        <p class="empty">
          {isSearching
            ? "No picture here is like that."
            : active.value.length > 0
              ? "The first picture is on its way."
              : "Your pictures will be here. Say what the first one shall show, and press Generate."}
        </p>
      )}
      <ul class="cards">
        {all.slice(0, shownCount.value).map((shown) => (
          <Card key={shown.key} shown={shown} />
        ))}
      </ul>
      <Failures />
      {(all.length > shownCount.value || hasOlder.value) && (
        <button
          type="button"
          class="quiet more-pictures"
          onClick={() => {
            shownCount.value += STEP;
            if (all.length <= shownCount.value) {
              loadOlder().catch(tell);
            }
          }}
        >
          {isSearching && all.length <= shownCount.value ? "Search older ones" : "Show more"}
        </button>
      )}
    </section>
  );
}

export function Card({ shown }: { shown: Shown }) {
  const name = title(shown.generation);
  const starred = stars.value.includes(shown.key);
  const selected = isSelected(shown.key);
  return (
    <li class={`card ${selected ? "selected" : ""}`}>
      <a href={pictureHash(shown.key)}>
        <img class={grain(shown.picture.size)} src={shown.picture.url} alt={name} loading="lazy" />
      </a>
      <p class="caption" aria-hidden="true" title={name}>
        {name}
      </p>
      <button
        type="button"
        class={`plain star ${starred ? "on" : ""}`}
        aria-pressed={starred}
        aria-label={`Star ${name}`}
        title="Star"
        onClick={() => toggleStar(shown.key)}
      >
        <Icon name="star" filled={starred} />
      </button>
      <button
        type="button"
        class={`plain select ${selected ? "on" : ""}`}
        aria-pressed={selected}
        aria-label={`Select ${name}`}
        title="Select, to compare or to mix"
        onClick={() => toggleSelected(shown.key)}
      >
        <Icon name="check" />
      </button>
    </li>
  );
}

/** What came to nothing lately, with the reason. */
function Failures() {
  const failed = generations.value
    .filter((generation) => generation.status === "failed")
    .slice(0, 3);
  if (failed.length === 0) {
    return null;
  }
  return (
    <details class="failures">
      <summary>Requests that failed</summary>
      <ul>
        {failed.map((generation) => (
          <li key={generation.id}>
            <strong>{title(generation)}</strong>:{" "}
            {generation.data.find((picture) => picture.error)?.error?.message}
          </li>
        ))}
      </ul>
    </details>
  );
}
