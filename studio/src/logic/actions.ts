import * as api from "./api";
import { toBase64 } from "./base64";
import { take, type Shown } from "./generations";
import { say } from "./messages";
import { choose, isTemplate, lines, PromptProblem } from "./prompts";
import { missing, recipeOf, wholeRequest } from "./recipe";
import { can, kept, ofRecipe, toRequest } from "./settings";
import { chosenModel, form, modelNamed, remember, source, wordLists } from "./studio";
import type { Model, Recipe, Request, Sampling } from "./types";

// One hundred of anything is a slip of the finger.
const MOST_REQUESTS = 64;

/** Asks for something; a refusal is said, and leads to null. */
export async function ask(request: Request) {
  try {
    const generation = await api.create(request);
    take(generation);
    say.nothing();
    return generation;
  } catch (problem) {
    tell(problem);
    return null;
  }
}

export function tell(problem: unknown) {
  if (problem instanceof api.Refusal) {
    say.problem(problem.message, problem.field);
  } else {
    say.problem(problem instanceof Error ? problem.message : String(problem));
  }
}

/** Everything that the form asks for: a request for each prompt. */
export async function generate(): Promise<boolean> {
  let requests: Request[];
  try {
    requests = requestsOfForm();
  } catch (problem) {
    tell(problem);
    return false;
  }
  remember(form.value.prompt.trim());
  for (const request of requests) {
    if (!(await ask(request))) {
      return false;
    }
  }
  say.quietly(requests.length === 1 ? "Started." : `${requests.length} started.`);
  return true;
}

export function requestsOfForm(): Request[] {
  const settings = form.value;
  const model = chosenModel.value;
  const count = Math.max(1, Number(settings.count) || 1);
  const texts = lines(settings.prompt, settings.perLine);
  if (can(model, "text") && !texts.some((text) => text) && !source.value) {
    throw new PromptProblem("Say what the picture shall show.");
  }
  const requests = texts.flatMap((text) => {
    const times = isTemplate(text) ? count : 1;
    return Array.from({ length: times }, (_, i) => {
      const prompt = choose(text, wordLists.value, Math.random);
      const request = toRequest({ ...settings, prompt }, model);
      if (isTemplate(text)) {
        request.n = 1;
        if (request.seed !== undefined) {
          request.seed = String(BigInt(request.seed) + BigInt(i));
        }
      }
      return withSource(request, settings.strength, model);
    });
  });
  if (requests.length > MOST_REQUESTS) {
    throw new PromptProblem(
      `These are ${requests.length} requests; ask for ${MOST_REQUESTS} at most at a time.`,
    );
  }
  return requests;
}

function withSource(request: Request, strength: string, model: Model | undefined): Request {
  if (!source.value) {
    return request;
  }
  const image = source.value.base64;
  if (can(model, "picture_start") || can(model, "super_resolution")) {
    return {
      ...request,
      image,
      ...(can(model, "picture_start") && strength.trim() ? { strength: Number(strength) } : {}),
    };
  }
  return { ...variationOf(request), image };
}

function variationOf(request: Request): Request {
  const { prompt: _, negative_prompt: __, ...rest } = request;
  return { ...rest, variation: true };
}

export async function base64Of(shown: Shown): Promise<string> {
  return toBase64(await api.bytes(api.pictureUrl(shown.generation.id, shown.picture.index)));
}

/** The recipe in the picture's own file, which knows its seed and place, unlike the request's. */
export async function recipeOfShown(shown: Shown): Promise<Recipe> {
  const file = await api.bytes(api.pictureUrl(shown.generation.id, shown.picture.index));
  return recipeOf(file) ?? shown.generation.recipe;
}

const again = (model: Model | undefined): Request => ({ previews: 8, keep: kept(model) });

/** Other pictures of what one shows, as its model can make them. */
export async function vary(shown: Shown, count = 4) {
  const model = modelNamed(shown.generation.model);
  if (can(model, "variations") || can(model, "variations_only")) {
    return ask({
      ...again(model),
      model: shown.generation.model,
      variation: true,
      image: await base64Of(shown),
      n: count,
    });
  }
  const recipe = await recipeOfShown(shown);
  const { seed: _, ...request } = wholeRequest(recipe);
  if (missing(recipe).length === 0) {
    return ask({ ...again(model), ...request, n: count });
  }
  if (can(model, "picture_start")) {
    const image = await base64Of(shown);
    return ask({
      ...again(model),
      model: shown.generation.model,
      prompt: request.prompt,
      image,
      strength: 0.6,
      n: count,
    });
  }
  say.problem(`Model ${shown.generation.model} cannot vary this picture.`);
  return null;
}

/** The same picture once more. */
export async function replay(shown: Shown) {
  const recipe = await recipeOfShown(shown);
  if (missing(recipe).length > 0) {
    say.problem(
      "This picture was made from another one, which is not in its recipe. Start from that one again.",
    );
    return null;
  }
  return ask({ ...again(modelNamed(shown.generation.model)), ...wholeRequest(recipe) });
}

/** Puts a picture's settings into the form. */
export function useSettings(recipe: Recipe) {
  const request = wholeRequest(recipe);
  form.value = ofRecipe(recipe, modelNamed(request.model));
  say.quietly("The settings of this picture are in the form.");
}

export interface Fork {
  stage: string;
  seed: string;
  settings: Sampling;
}

/** Goes on from what a stage left of a picture. */
export async function fork(shown: Shown, { stage, seed, settings }: Fork) {
  const request: Request = {
    previews: 8,
    from: { request_id: shown.generation.request_id, image_index: shown.picture.index, stage },
  };
  if (seed.trim()) {
    request.seed = seed.trim();
  }
  if (Object.keys(settings).length > 0) {
    if (stage === "DENOISER") {
      const networks = wholeRequest(shown.generation.recipe).upscaler?.length ?? 0;
      request.upscaler = Array.from({ length: networks }, () => settings);
    } else {
      request.denoiser = settings;
    }
  }
  return ask(request);
}

/** Whether there is a way from one picture to another. */
export const canInterpolate = (a: Shown, b: Shown) =>
  a.generation.model === b.generation.model && can(modelNamed(a.generation.model), "variations");

export async function interpolate(a: Shown, b: Shown, frames: number) {
  const model = modelNamed(a.generation.model);
  return ask({
    ...again(model),
    model: a.generation.model,
    image: await base64Of(a),
    interpolation: { image: await base64Of(b) },
    n: frames,
  });
}

/**
 * Paints into a picture.
 *
 * @param mask a PNG file in base64, as large as the picture, white where it is painted
 */
export async function inpaint(
  image: string,
  mask: string,
  prompt: string,
  model: Model,
  count: number,
) {
  return ask({
    ...again(model),
    model: model.id,
    image,
    mask,
    ...(can(model, "text") ? { prompt } : {}),
    n: count,
  });
}
