import { signal } from "@preact/signals";
import { isLoaded, shownAt, type Shown } from "../logic/generations";
import { Cluster } from "./Cluster";
import { Compare } from "./Compare";
import { Inpaint } from "./Inpaint";
import { Viewer } from "./Viewer";
import { WordLists } from "./WordLists";

type Open =
  | { kind: "words" }
  | { kind: "cluster" }
  | { kind: "compare"; a: Shown; b: Shown }
  | { kind: "inpaint"; shown: Shown };

/** What lies over the page beside the picture of the address. */
export const open = signal<Open | null>(null);

const PREFIX = "#picture/";

/** Pictures have addresses, so that the way back is the browser's. */
export const pictureHash = (key: string) => PREFIX + key;

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

export function closePicture() {
  history.replaceState(null, "", location.pathname + location.search);
  hash.value = "";
}

export function showPicture(key: string) {
  history.replaceState(null, "", pictureHash(key));
  hash.value = location.hash;
}

export function Dialogs() {
  const close = () => (open.value = null);
  const shown = hash.value.startsWith(PREFIX)
    ? shownAt(hash.value.slice(PREFIX.length))
    : undefined;
  const dialog = open.value;
  if (dialog?.kind === "words") {
    return <WordLists onClose={close} />;
  }
  if (dialog?.kind === "cluster") {
    return <Cluster onClose={close} />;
  }
  if (dialog?.kind === "compare") {
    return <Compare a={dialog.a} b={dialog.b} onClose={close} />;
  }
  if (dialog?.kind === "inpaint") {
    return <Inpaint shown={dialog.shown} onClose={close} />;
  }
  if (hash.value.startsWith(PREFIX) && !shown && isLoaded.value) {
    closePicture();
  }
  return shown ? <Viewer shown={shown} onClose={closePicture} /> : null;
}
