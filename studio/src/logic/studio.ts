import { computed, signal } from "@preact/signals";
import * as api from "./api";
import { stored } from "./stored";
import { NO_SETTINGS, type Settings } from "./settings";
import type { WordLists } from "./prompts";
import type { Models } from "./types";

// What the page is about, beside the pictures.

export const models = signal<Models | null>(null);
export const form = stored<Settings>("form", NO_SETTINGS);
export const promptHistory = stored<string[]>("prompts", []);
export const stars = stored<string[]>("stars", []);
export const wordLists = stored<WordLists>("words", {
  colors: ["red", "green", "blue", "yellow"],
  shapes: ["circle", "square", "triangle", "star"],
});
export const theme = stored<"auto" | "light" | "dark">("theme", "auto");

/** A picture that the next one starts from. */
export interface Source {
  name: string;
  base64: string;
  url: string;
}

export const source = signal<Source | null>(null);

/** The model that the form asks for. */
export const chosenModel = computed(() => {
  const list = models.value?.data ?? [];
  const name = form.value.model || models.value?.default;
  return list.find((model) => model.id === name) ?? list[0];
});

export const modelNamed = (name: string | undefined) =>
  models.value?.data.find((model) => model.id === name);

export const change = (what: Partial<Settings>) => {
  form.value = { ...form.value, ...what };
};

const MOST_PROMPTS = 50;

export function remember(prompt: string) {
  if (prompt) {
    const others = promptHistory.value.filter((earlier) => earlier !== prompt);
    promptHistory.value = [prompt, ...others].slice(0, MOST_PROMPTS);
  }
}

export function toggleStar(key: string) {
  stars.value = stars.value.includes(key)
    ? stars.value.filter((starred) => starred !== key)
    : [...stars.value, key];
}

/** Asks for the models until there are some: workers may still be starting. */
export async function loadModels() {
  try {
    models.value = await api.models();
  } catch {
    // Told by whoever asks for the pictures.
  }
  setTimeout(loadModels, models.value ? 15_000 : 2_000);
}
