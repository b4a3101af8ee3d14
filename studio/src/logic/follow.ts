import { effect } from "@preact/signals";
import * as api from "./api";
import {
  active,
  find,
  forgetPreviews,
  isActive,
  onOutcome,
  onPreview,
  onProgress,
  refresh,
  take,
} from "./generations";
import { words } from "./recipe";
import { say } from "./messages";
import type { Picture, Progress } from "./types";

// Browsers have six connections to a server: some must stay free for what people do.
const MOST_STREAMS = 3;
const QUICK = 2_000;
const QUIET = 10_000;

const streams = new Map<string, EventSource>();

/** Listens to the oldest requests under way, and asks for the rest from time to time. */
export function follow() {
  void ask();
  effect(() => {
    for (const generation of active.value) {
      if (streams.size < MOST_STREAMS && !streams.has(generation.id)) {
        listen(generation.id);
      }
    }
  });
}

async function ask() {
  try {
    if (document.visibilityState === "visible") {
      await refresh();
      say.connected();
    }
  } catch (problem) {
    say.disconnected(problem);
  }
  setTimeout(ask, active.value.length > 0 ? QUICK : QUIET);
}

function listen(id: string) {
  const stream = new EventSource(`/v1/generations/${id}/events`);
  streams.set(id, stream);
  const on = <T>(name: string, handle: (data: T) => void) =>
    stream.addEventListener(name, (event) => {
      // A break of the connection is called as a picture that failed, and says nothing.
      if (event instanceof MessageEvent) {
        handle(api.parse<T>(event.data));
      }
    });
  on<Progress & { index: number }>("progress", ({ index, ...progress }) =>
    onProgress(id, index, progress),
  );
  on<{ index: number; b64_json: string }>("preview", (preview) =>
    onPreview(id, preview.index, preview.b64_json),
  );
  on<Picture>("image", (picture) => onOutcome(id, picture));
  on<Picture>("error", (picture) => onOutcome(id, picture));
  on("end", () => void ended(id));
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) {
      void ended(id);
    }
  };
}

async function ended(id: string) {
  streams.get(id)?.close();
  try {
    const generation = await api.get(id);
    streams.delete(id);
    take(generation);
    if (!isActive(generation)) {
      tell(id);
      forgetPreviews(id);
    }
  } catch {
    // It is asked for again with all others.
    streams.delete(id);
  }
}

function tell(id: string) {
  const generation = find(id);
  if (!generation) {
    return;
  }
  const name = words(generation.recipe) || generation.model;
  const failure = generation.data.find((picture) => picture.error)?.error;
  if (generation.status === "succeeded") {
    say.quietly(`Ready: ${name}`);
  } else if (generation.status === "failed" && failure) {
    say.problem(`${name}: ${failure.message}`);
  }
}
