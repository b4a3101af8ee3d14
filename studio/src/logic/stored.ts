import { effect, signal, type Signal } from "@preact/signals";

/** A signal whose value the browser keeps for this page. */
export function stored<T>(name: string, initial: T): Signal<T> {
  const key = `sluice.studio.${name}`;
  const value = signal<T>(read(key, initial));
  effect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(value.value));
    } catch {
      // A browser that keeps nothing, or no more: it is good for as long as the page is open.
    }
  });
  return value;
}

function read<T>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    return initial;
  }
}
