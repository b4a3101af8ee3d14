import type { Recipe } from "./types";
import { wholeRequest } from "./recipe";

/** What a recipe says, as rows of a table; what is not said is not there. */
export function facts(recipe: Recipe): [name: string, value: string][] {
  const request = wholeRequest(recipe);
  const rows: [string, unknown][] = [
    ["Prompt", request.prompt],
    ["Avoid", request.negative_prompt],
    ["Model", request.model],
    ["Seed", request.seed],
    ["Size", request.width && request.height ? `${request.width} × ${request.height}` : undefined],
    ["Class", request.class_label],
    ["Steps", request.denoiser?.steps],
    ["Guidance", request.denoiser?.guidance_scale],
    ["Sampler", request.denoiser?.sampler],
    ["Prior steps", request.prior?.steps],
    ["Prior guidance", request.prior?.guidance_scale],
    ["Finishing steps", request.upscaler?.map((one) => one.steps).join(", ")],
    ["Strength", request.strength],
    ["Way to", request.interpolation?.prompt],
    ["Place on the way", request.interpolation?.position],
    ["Made from", madeFrom(recipe)],
    ["Sluice", recipe.version],
  ];
  return rows
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => [name, String(value)]);
}

function madeFrom(recipe: Recipe): string | undefined {
  if (recipe.origin) {
    return `an earlier picture, after its stage ${recipe.request?.from?.stage.toLowerCase()}`;
  }
  if (recipe.mask) {
    return "a picture, in a part";
  }
  if (recipe.interpolation_image) {
    return "two pictures";
  }
  return recipe.image ? "a picture" : undefined;
}
