import { computed, signal } from "@preact/signals";
import { shownAt, type Shown } from "../logic/generations";

const keys = signal<string[]>([]);

export const selected = computed(() =>
  keys.value.map(shownAt).filter((shown): shown is Shown => shown !== undefined),
);

export const isSelected = (key: string) => keys.value.includes(key);

/** Two at most: the one before the last makes room. */
export function toggleSelected(key: string) {
  keys.value = isSelected(key)
    ? keys.value.filter((other) => other !== key)
    : [...keys.value, key].slice(-2);
}

export const clearSelection = () => (keys.value = []);
