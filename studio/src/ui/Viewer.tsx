import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fork, replay, tell, useSettings, vary } from "../logic/actions";
import { bytes, pictureUrl } from "../logic/api";
import type { Shown } from "../logic/generations";
import { recipeOf, title, wholeRequest, words } from "../logic/recipe";
import { kept } from "../logic/settings";
import { modelNamed, stars, toggleStar } from "../logic/studio";
import type { Recipe, Sampling } from "../logic/types";
import { open, closePicture, showPicture } from "./Dialogs";
import { Choice, Field } from "./Field";
import { neighbours } from "./Gallery";
import { grain } from "./grain";
import { Icon } from "./icons";
import { canPaint } from "./Inpaint";
import { Modal } from "./Modal";
import { Facts } from "./Facts";

/** One picture, how it was made, and what can be made of it. */
export function Viewer({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const recipe = useSignal<Recipe>(shown.generation.recipe);
  const url = pictureUrl(shown.generation.id, shown.picture.index);
  const name = title(shown.generation);
  const [before, after] = neighbours(shown.key);
  useEffect(() => {
    recipe.value = shown.generation.recipe;
    let isCurrent = true;
    bytes(url)
      .then((file) => {
        if (isCurrent) {
          recipe.value = recipeOf(file) ?? recipe.value;
        }
      })
      .catch(tell);
    return () => void (isCurrent = false);
  }, [shown.key]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      const next = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : null;
      if (next && !typing) {
        showPicture(next.key);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  const starred = stars.value.includes(shown.key);
  const leave = (action: () => Promise<unknown>) => () => {
    action().catch(tell);
    onClose();
  };
  return (
    <Modal label={`Picture: ${name}`} onClose={onClose} className="viewer">
      <figure>
        <img class={`picture ${grain(shown.picture.size)}`} src={url} alt={name} />
        {before && (
          <button type="button" class="plain step before" aria-label="Newer picture" onClick={() => showPicture(before.key)}>
            <Icon name="left" />
          </button>
        )}
        {after && (
          <button type="button" class="plain step after" aria-label="Older picture" onClick={() => showPicture(after.key)}>
            <Icon name="right" />
          </button>
        )}
      </figure>
      <div class="about">
        <h2>{name}</h2>
        {(shown.picture.warnings ?? []).map((warning) => (
          <p class="hint" key={warning}>
            {warning}
          </p>
        ))}
        <div class="actions">
          <button type="button" class="primary" onClick={leave(() => vary(shown))}>
            <Icon name="vary" /> Vary
          </button>
          <InpaintButton shown={shown} />
          <button type="button" onClick={leave(() => replay(shown))} title="The same picture once more">
            <Icon name="again" /> Make again
          </button>
          <button
            type="button"
            onClick={() => {
              useSettings(recipe.value);
              closePicture();
              document.getElementById("prompt")?.focus();
            }}
          >
            <Icon name="form" /> Use settings
          </button>
          <button type="button" aria-pressed={starred} onClick={() => toggleStar(shown.key)}>
            <Icon name="star" filled={starred} /> Star
          </button>
          <a class="button" href={url} download={`${fileName(words(recipe.value))}.png`}>
            <Icon name="download" /> Download
          </a>
        </div>
        <ForkForm shown={shown} onDone={onClose} />
        <Facts recipe={recipe.value} picture={shown.picture} created={shown.generation.created_at} />
      </div>
    </Modal>
  );
}

const fileName = (text: string) =>
  text
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60) || "picture";

function InpaintButton({ shown }: { shown: Shown }) {
  const possible = canPaint(shown);
  return (
    <button
      type="button"
      disabled={!possible}
      title={possible ? "Paint a part of it anew" : "None of the models here paints into pictures."}
      onClick={() => (open.value = { kind: "inpaint", shown })}
    >
      <Icon name="brush" /> Inpaint
    </button>
  );
}

const STAYS: Record<string, string> = {
  TEXT_ENCODER: "Keep the words’ meaning, denoise anew",
  PRIOR: "Keep the idea, denoise anew",
  DENOISER: "Keep the picture, finish anew",
};

function ForkForm({ shown, onDone }: { shown: Shown; onDone: () => void }) {
  const model = modelNamed(shown.generation.model);
  const passed = shown.generation.stages.map((stage) => stage.toUpperCase().replace("-", "_"));
  const stages = kept(model).filter((stage) => passed.slice(0, -1).includes(stage));
  const stage = useSignal(stages[0] ?? "");
  const seed = useSignal("");
  const steps = useSignal("");
  const guidance = useSignal("");
  const usual = wholeRequest(shown.generation.recipe);
  const networks = usual.upscaler?.length ?? 0;
  const usable = stages.filter((one) => one !== "DENOISER" || networks > 0);
  if (usable.length === 0) {
    return null;
  }
  const sampling = stage.value === "DENOISER" ? usual.upscaler?.[0] : usual.denoiser;
  const go = (event: Event) => {
    event.preventDefault();
    const settings: Sampling = {};
    if (steps.value.trim()) {
      settings.steps = Number(steps.value);
    }
    if (guidance.value.trim()) {
      settings.guidance_scale = Number(guidance.value);
    }
    void fork(shown, { stage: stage.value, seed: seed.value, settings });
    onDone();
  };
  return (
    <details class="more">
      <summary>Fork at a stage</summary>
      <form class="fields" onSubmit={go}>
        <Choice
          label="What stays"
          value={stage.value}
          onChange={(value) => (stage.value = value)}
          options={usable.map((one): [string, string] => [one, STAYS[one] ?? one])}
        />
        <Field label="New seed" numeric value={seed.value} onInput={(v) => (seed.value = v)} placeholder="the same noise" />
        <Field label="New steps" numeric value={steps.value} onInput={(v) => (steps.value = v)} placeholder={String(sampling?.steps ?? "")} />
        <Field label="New guidance" numeric value={guidance.value} onInput={(v) => (guidance.value = v)} placeholder={String(sampling?.guidance_scale ?? "")} />
        <button type="submit">
          <Icon name="fork" /> Fork
        </button>
      </form>
    </details>
  );
}
