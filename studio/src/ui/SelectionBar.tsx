import { useSignal } from "@preact/signals";
import { canInterpolate, interpolate } from "../logic/actions";
import { title } from "../logic/recipe";
import { open } from "./Dialogs";
import { clearSelection, selected } from "./selection";

/** What can be done with two pictures. */
export function SelectionBar() {
  const frames = useSignal("5");
  const [a, b] = selected.value;
  if (!a) {
    return null;
  }
  return (
    <section class="selection" aria-label="Selected pictures">
      {selected.value.map((shown) => (
        <img key={shown.key} src={shown.picture.url} alt={`Selected: ${title(shown.generation)}`} />
      ))}
      {!b && <p>Select a second picture to compare or to mix them.</p>}
      {b && (
        <>
          <button type="button" onClick={() => (open.value = { kind: "compare", a, b })}>
            Compare
          </button>
          <button
            type="button"
            disabled={!canInterpolate(a, b)}
            title={
              canInterpolate(a, b) ? "" : "Their model makes no pictures between two."
            }
            onClick={() => {
              void interpolate(a, b, Number(frames.value) || 5);
              clearSelection();
            }}
          >
            Interpolate
          </button>
          <label class="frames">
            in{" "}
            <input
              value={frames.value}
              inputMode="numeric"
              aria-label="Number of pictures from one to the other"
              onInput={(event) => (frames.value = event.currentTarget.value)}
            />{" "}
            pictures
          </label>
        </>
      )}
      <button type="button" class="quiet" onClick={clearSelection}>
        Clear selection
      </button>
    </section>
  );
}
