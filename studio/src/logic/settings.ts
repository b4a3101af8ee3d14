import type { Model, Recipe, Request, Sampling } from "./types";
import { wholeRequest } from "./recipe";

/** What is typed into the form: texts, empty for the model's own. */
export interface Settings {
  prompt: string;
  avoid: string;
  model: string;
  count: string;
  size: string;
  seed: string;
  steps: string;
  guidance: string;
  sampler: string;
  priorSteps: string;
  priorGuidance: string;
  strength: string;
  classLabel: string;
  perLine: boolean;
}

export const NO_SETTINGS: Settings = {
  prompt: "",
  avoid: "",
  model: "",
  count: "1",
  size: "",
  seed: "",
  steps: "",
  guidance: "",
  sampler: "",
  priorSteps: "",
  priorGuidance: "",
  strength: "",
  classLabel: "",
  perLine: false,
};

export const can = (model: Model | undefined, ability: string) =>
  model?.abilities.includes(ability) ?? false;

/** The stages whose work is kept, so that pictures can be forked there. */
export function kept(model: Model | undefined): string[] {
  const stages = model?.stages ?? [];
  return stages
    .slice(0, -1)
    // With a prior the words matter by what it makes of them; variations have none.
    .filter((stage) => !(stage === "text-encoder" && stages.includes("prior")))
    .map(stageConstant);
}

/** How messages name a stage. */
export const stageConstant = (stage: string) => stage.toUpperCase().replace("-", "_");

function numbers(fields: Record<string, string>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, text]) => text.trim() !== "")
      .map(([name, text]) => [name, Number(text)]),
  );
}

function sampling(fields: Record<string, string>, sampler: string): Sampling | undefined {
  const given: Sampling = { ...numbers(fields), ...(sampler ? { sampler } : {}) };
  return Object.keys(given).length > 0 ? given : undefined;
}

/** The request that the form asks for; what is empty is left out. */
export function toRequest(settings: Settings, model: Model | undefined): Request {
  const request: Request = { previews: 8, keep: kept(model) };
  if (settings.prompt.trim() && (!model || can(model, "text"))) {
    request.prompt = settings.prompt.trim();
  }
  if (settings.avoid.trim() && (!model || can(model, "text"))) {
    request.negative_prompt = settings.avoid.trim();
  }
  if (settings.model) {
    request.model = settings.model;
  }
  Object.assign(request, numbers({ n: settings.count }));
  if (can(model, "classes")) {
    Object.assign(request, numbers({ class_label: settings.classLabel }));
  }
  if (settings.seed.trim()) {
    request.seed = settings.seed.trim();
  }
  const size = /^(\d+)x(\d+)$/.exec(settings.size.trim());
  if (size) {
    request.width = Number(size[1]);
    request.height = Number(size[2]);
  }
  const denoiser = sampling(
    { steps: settings.steps, guidance_scale: settings.guidance },
    settings.sampler,
  );
  if (denoiser) {
    request.denoiser = denoiser;
  }
  const prior = sampling(
    { steps: settings.priorSteps, guidance_scale: settings.priorGuidance },
    "",
  );
  if (prior && model?.stages.includes("prior")) {
    request.prior = prior;
  }
  return request;
}

const text = (value: unknown) => (value === undefined ? "" : String(value));

/** The form that asks for a picture's settings; what is the model's own stays empty. */
export function ofRecipe(recipe: Recipe, model: Model | undefined): Settings {
  const request = wholeRequest(recipe);
  const usual = model?.usual;
  const own = (value: unknown, usualValue: unknown) =>
    value === usualValue ? "" : text(value);
  const size = request.width && request.height ? `${request.width}x${request.height}` : "";
  return {
    ...NO_SETTINGS,
    prompt: request.prompt ?? "",
    avoid: request.negative_prompt ?? "",
    model: request.model ?? "",
    size: size === model?.size ? "" : size,
    seed: text(request.seed),
    steps: own(request.denoiser?.steps, usual?.denoiser?.steps),
    guidance: own(request.denoiser?.guidance_scale, usual?.denoiser?.guidance_scale),
    sampler: own(request.denoiser?.sampler, usual?.denoiser?.sampler),
    priorSteps: own(request.prior?.steps, usual?.prior?.steps),
    priorGuidance: own(request.prior?.guidance_scale, usual?.prior?.guidance_scale),
    strength: text(request.strength),
    classLabel: text(request.class_label),
  };
}
