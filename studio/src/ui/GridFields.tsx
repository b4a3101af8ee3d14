import { axesOf, AXES, type AxisKind } from "../logic/axes";
import { axisFields } from "../logic/grid";
import { chosenModel } from "../logic/studio";
import { Choice, Field } from "./Field";

const NAMES = ["Across", "Down", "Sheets"];

const EXAMPLES: Partial<Record<AxisKind, string>> = {
  prompt: "a red circle | a blue square",
  avoid: "red | blue",
  seed: "1..4",
  steps: "5, 10, 20",
  guidance: "1..5/2",
  sampler: "DDIMScheduler, DPMSolverMultistepScheduler",
};

/** What shall differ across, down and between the sheets of a grid. */
export function GridFields() {
  const kinds = axesOf(chosenModel.value);
  const set = (place: number, what: { kind?: AxisKind | ""; text?: string }) =>
    (axisFields.value = axisFields.value.map((field, i) =>
      i === place ? { ...field, ...what } : field,
    ));
  return (
    <details class="more">
      <summary>Grid</summary>
      <p class="hint">Makes a picture for every combination. What they share is made once.</p>
      {axisFields.value.map((field, i) => (
        <div class="fields" key={NAMES[i]}>
          <Choice
            label={NAMES[i]!}
            value={field.kind}
            onChange={(kind) => set(i, { kind: kind as AxisKind | "", text: "" })}
            options={[
              ["", "nothing"],
              ...kinds.map((kind): [string, string] => [kind, AXES[kind].label]),
            ]}
          />
          {field.kind && (
            <Field
              label={`Values ${NAMES[i]!.toLowerCase()}`}
              value={field.text}
              onInput={(text) => set(i, { text })}
              placeholder={EXAMPLES[field.kind] ?? "5, 10, 20"}
            />
          )}
        </div>
      ))}
    </details>
  );
}
