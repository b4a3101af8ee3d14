import { computed, signal } from "@preact/signals";
import * as api from "./api";
import { words } from "./recipe";
import type { Generation, Picture, Progress } from "./types";

const PAGE = 100;

/** All requests that the page has heard of, by id. */
const known = signal<ReadonlyMap<string, Generation>>(new Map());

/** The last preview of each picture under way, as a data address. */
export const previews = signal<ReadonlyMap<string, string>>(new Map());

export const hasOlder = signal(false);

export const isLoaded = signal(false);

export const isActive = (generation: Generation) =>
  generation.status === "queued" || generation.status === "in_progress";

/** Newest first; of one second as the gateway lists them. */
export const generations = computed(() =>
  [...known.value.values()].sort((a, b) => b.created_at - a.created_at),
);

/** Oldest first: the order in which they were asked for. */
export const active = computed(() => generations.value.filter(isActive).reverse());

/** A picture that is there, with the request that it came of. */
export interface Shown {
  generation: Generation;
  picture: Picture;
  key: string;
}

export const keyOf = (id: string, index: number) => `${id}/${index}`;

export const pictures = computed<Shown[]>(() =>
  generations.value.flatMap((generation) =>
    generation.data
      .filter((picture) => picture.status === "succeeded")
      .map((picture) => ({ generation, picture, key: keyOf(generation.id, picture.index) })),
  ),
);

export const find = (id: string) => known.value.get(id);

export const shownAt = (key: string) => pictures.value.find((shown) => shown.key === key);

/** Takes what the gateway says; what was heard of the progress since stays. */
export function take(...heard: Generation[]) {
  const next = new Map(known.value);
  for (const generation of heard) {
    const before = next.get(generation.id);
    next.set(generation.id, before ? merged(before, generation) : generation);
  }
  known.value = next;
}

function merged(before: Generation, now: Generation): Generation {
  if (!isActive(before)) {
    return now.data.length === before.data.length && !isActive(now) ? now : before;
  }
  return {
    ...now,
    data: now.data.map((picture, i) => {
      const old = before.data[i];
      if (old?.status === "succeeded") {
        // The answer may be older than what the stream told.
        return old;
      }
      return old?.progress && picture.status !== "succeeded" && !picture.progress
        ? { ...picture, progress: old.progress }
        : picture;
    }),
  };
}

function change(id: string, index: number, what: Partial<Picture>) {
  const generation = known.value.get(id);
  if (generation) {
    const data = generation.data.map((picture) =>
      picture.index === index ? { ...picture, ...what } : picture,
    );
    known.value = new Map(known.value).set(id, {
      ...generation,
      status: generation.status === "queued" ? "in_progress" : generation.status,
      data,
    });
  }
}

export const onProgress = (id: string, index: number, progress: Progress) =>
  change(id, index, { progress, status: "in_progress" });

export const onOutcome = (id: string, picture: Picture) => change(id, picture.index, picture);

export function onPreview(id: string, index: number, base64: string) {
  previews.value = new Map(previews.value).set(
    keyOf(id, index),
    `data:image/png;base64,${base64}`,
  );
}

/** Previews of what is done are not needed any more. */
export function forgetPreviews(id: string) {
  previews.value = new Map([...previews.value].filter(([key]) => !key.startsWith(id + "/")));
}

/** The newest ones. */
export async function refresh(limit = PAGE) {
  const page = await api.list(limit);
  take(...page.data);
  if (!isLoaded.value) {
    hasOlder.value = page.has_more;
    isLoaded.value = true;
  }
}

/** The page of those before the oldest that is known. */
export async function loadOlder() {
  const oldest = generations.value.at(-1);
  if (oldest && hasOlder.value) {
    const page = await api.list(PAGE, oldest.id);
    take(...page.data);
    hasOlder.value = page.has_more;
  }
}

/** Whether a picture is one that a search is for: all of its words, in any order. */
export function matches(shown: Shown, search: string): boolean {
  const { generation, picture } = shown;
  const text = [
    words(generation.recipe),
    generation.recipe.request?.negative_prompt ?? "",
    generation.model,
    `seed:${picture.seed ?? generation.seed}`,
  ]
    .join(" ")
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
