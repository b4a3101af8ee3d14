import { signal } from "@preact/signals";

/** What the page says to whoever looks at it, and to screen readers. */
export const problem = signal<{ text: string; field: string | null } | null>(null);
export const notice = signal("");
export const isOffline = signal(false);

export const say = {
  /** For those who listen; others see it happen. */
  quietly(text: string) {
    notice.value = text;
  },
  problem(text: string, field: string | null = null) {
    problem.value = { text, field };
  },
  nothing() {
    problem.value = null;
  },
  connected() {
    isOffline.value = false;
  },
  disconnected(_why: unknown) {
    isOffline.value = true;
  },
};
