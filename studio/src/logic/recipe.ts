import { internationalText } from "./png";
import { parse } from "./api";
import type { Generation, Recipe, Request } from "./types";

const KEYWORD = "sluice";

/** Names as requests have them: a file's recipe has protobuf's names for JSON. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(snakeCase);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase()),
      snakeCase(member),
    ]),
  );
}

/** The recipe in a picture's file; null if it holds none. */
export function recipeOf(file: Uint8Array): Recipe | null {
  const text = internationalText(file, KEYWORD);
  try {
    return text === null ? null : (snakeCase(parse(text)) as Recipe);
  } catch {
    return null;
  }
}

/** The words that a picture was made of; those of the picture it was forked from, if it has none. */
export function words(recipe: Recipe | undefined): string {
  const request = recipe?.request;
  if (!request) {
    return "";
  }
  const end = request.interpolation?.prompt ?? request.interpolation?.change?.to;
  if (request.prompt) {
    return end ? `${request.prompt} → ${end}` : request.prompt;
  }
  if (recipe.origin) {
    return words(recipe.origin);
  }
  if (request.interpolation) {
    return end ? `from a picture to “${end}”` : "between two pictures";
  }
  if (request.variation) {
    return "variation of a picture";
  }
  return request.class_label === undefined ? "" : `class ${request.class_label}`;
}

/** What a picture is called where it has no words: never empty. */
export const title = (generation: Generation) =>
  words(generation.recipe) || `picture of ${generation.model}`;

/** All that was asked, from the first picture that it began from on: later settings go before. */
export function wholeRequest(recipe: Recipe): Request {
  const own = { ...recipe.request };
  delete own.from;
  return recipe.origin ? { ...wholeRequest(recipe.origin), ...own } : own;
}

/** Which of the pictures that a request came with are not in its recipe. */
export function missing(recipe: Recipe): ("image" | "interpolation_image" | "mask")[] {
  const names = ["image", "interpolation_image", "mask"] as const;
  const own = names.filter((name) => recipe[name]);
  return recipe.origin ? [...new Set([...own, ...missing(recipe.origin)])] : own;
}
