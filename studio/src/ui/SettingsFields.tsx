import { can } from "../logic/settings";
import { change, chosenModel, form, models, source } from "../logic/studio";
import { Choice, Field } from "./Field";
import { Icon } from "./icons";

const MOST_SEED = 2 ** 31;

const usual = (value: unknown) => (value === undefined ? "model’s own" : String(value));

/** How pictures are made; what is left empty is the model's own, which the fields show. */
export function SettingsFields() {
  const settings = form.value;
  const model = chosenModel.value;
  const words = !model || can(model, "text");
  return (
    <>
      <div class="fields">
        <ModelChoice />
        <Field
          label="Pictures"
          numeric
          value={settings.count}
          onInput={(count) => change({ count })}
          placeholder="1"
        />
      </div>
      <details class="more">
        <summary>Settings</summary>
        <div class="fields">
          {words && (
            <Field
              className="wide"
              label="Avoid"
              value={settings.avoid}
              onInput={(avoid) => change({ avoid })}
              placeholder="what the picture shall not show"
            />
          )}
          {can(model, "classes") && (
            <Field
              label="Class"
              numeric
              value={settings.classLabel}
              onInput={(classLabel) => change({ classLabel })}
              placeholder="0"
            />
          )}
          <Field
            label="Seed"
            numeric
            value={settings.seed}
            onInput={(seed) => change({ seed })}
            placeholder="random"
            trailing={
              <button
                type="button"
                class="plain"
                aria-label="Roll a seed"
                title="Roll a seed"
                onClick={() => change({ seed: String(Math.floor(Math.random() * MOST_SEED)) })}
              >
                <Icon name="dice" />
              </button>
            }
          />
          <Field
            label="Size"
            value={settings.size}
            onInput={(size) => change({ size })}
            placeholder={model?.size ?? "model’s own"}
          />
          <Field
            label="Steps"
            numeric
            value={settings.steps}
            onInput={(steps) => change({ steps })}
            placeholder={usual(model?.usual.denoiser?.steps)}
          />
          <Field
            label="Guidance"
            numeric
            value={settings.guidance}
            onInput={(guidance) => change({ guidance })}
            placeholder={usual(model?.usual.denoiser?.guidance_scale)}
          />
          <Choice
            label="Sampler"
            value={settings.sampler}
            onChange={(sampler) => change({ sampler })}
            options={[
              ["", "Model’s own"],
              ...(model?.samplers ?? []).map((name): [string, string] => [
                name,
                name.replace(/(Discrete)?Scheduler$/, ""),
              ]),
            ]}
          />
          {source.value && can(model, "picture_start") && (
            <Field
              label="Strength"
              numeric
              value={settings.strength}
              onInput={(strength) => change({ strength })}
              placeholder="model’s own, 0 to 1"
            />
          )}
          {model?.stages.includes("prior") && (
            <>
              <Field
                label="Prior steps"
                numeric
                value={settings.priorSteps}
                onInput={(priorSteps) => change({ priorSteps })}
                placeholder={usual(model.usual.prior?.steps)}
              />
              <Field
                label="Prior guidance"
                numeric
                value={settings.priorGuidance}
                onInput={(priorGuidance) => change({ priorGuidance })}
                placeholder={usual(model.usual.prior?.guidance_scale)}
              />
            </>
          )}
        </div>
      </details>
    </>
  );
}

function ModelChoice() {
  const list = models.value?.data ?? [];
  const model = chosenModel.value;
  const loading = model?.status.filter((at) => at.state === "loading") ?? [];
  return (
    <div>
      <Choice
        label="Model"
        value={model?.id ?? ""}
        onChange={(name) =>
          // What was set for one model says nothing of another.
          change({ model: name, steps: "", guidance: "", sampler: "", size: "", priorSteps: "", priorGuidance: "" })
        }
        options={
          list.length === 0
            ? [["", "waiting for models …"]]
            : list.map((one): [string, string] => [one.id, one.id])
        }
      />
      {loading.length > 0 && <p class="hint">loads at {loading.map((at) => at.stage).join(", ")}</p>}
    </div>
  );
}
