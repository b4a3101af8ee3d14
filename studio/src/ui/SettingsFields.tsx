import { can, type Settings } from "../logic/settings";
import { change, chosenModel, form, models, source } from "../logic/studio";
import { Choice, Field, type FieldProps } from "./Field";
import { Icon } from "./icons";

const MOST_SEED = 2 ** 31;

const usual = (value: unknown) => (value === undefined ? "model’s own" : String(value));

/** The settings that are texts. */
type TextSetting = { [name in keyof Settings]: Settings[name] extends string ? name : never }[keyof Settings];

/** The field of one setting of the form. */
function Setting({ of, ...shown }: { of: TextSetting } & Omit<FieldProps, "value" | "onInput">) {
  return <Field {...shown} value={form.value[of]} onInput={(value) => change({ [of]: value })} />;
}

/** How pictures are made; what is left empty is the model's own, which the fields show. */
export function SettingsFields() {
  const settings = form.value;
  const model = chosenModel.value;
  const words = !model || can(model, "text");
  return (
    <>
      <div class="fields">
        <ModelChoice />
        <Setting of="count" label="Pictures" numeric placeholder="1" />
      </div>
      <details class="more">
        <summary>Settings</summary>
        <div class="fields">
          {words && (
            <Setting
              of="avoid"
              className="wide"
              label="Avoid"
              placeholder="what the picture shall not show"
            />
          )}
          {can(model, "classes") && (
            <Setting of="classLabel" label="Class" numeric placeholder="0" />
          )}
          <Setting
            of="seed"
            label="Seed"
            numeric
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
          <Setting of="size" label="Size" placeholder={model?.size ?? "model’s own"} />
          <Setting of="steps" label="Steps" numeric placeholder={usual(model?.usual.denoiser?.steps)} />
          <Setting
            of="guidance"
            label="Guidance"
            numeric
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
            <Setting of="strength" label="Strength" numeric placeholder="model’s own, 0 to 1" />
          )}
          {model?.stages.includes("prior") && (
            <>
              <Setting
                of="priorSteps"
                label="Prior steps"
                numeric
                placeholder={usual(model.usual.prior?.steps)}
              />
              <Setting
                of="priorGuidance"
                label="Prior guidance"
                numeric
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
