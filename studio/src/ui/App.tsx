import { isOffline, notice } from "../logic/messages";
import { theme } from "../logic/studio";
import { Composer } from "./Composer";
import { Dialogs, open } from "./Dialogs";
import { DropZone } from "./DropZone";
import { Gallery } from "./Gallery";
import { Grids } from "./Grids";
import { Icon } from "./icons";
import { Running } from "./Running";
import { SelectionBar } from "./SelectionBar";

const NEXT_THEME = { auto: "dark", dark: "light", light: "auto" } as const;

export function App() {
  return (
    <>
      <header class="top">
        <h1>
          Sluice <span>Studio</span>
        </h1>
        {isOffline.value && (
          <p class="offline" role="status">
            No connection; trying again …
          </p>
        )}
        <button type="button" class="quiet" onClick={() => (open.value = { kind: "cluster" })}>
          Cluster
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => (theme.value = NEXT_THEME[theme.value])}
          aria-label={`Colors: ${theme.value}`}
          title={`Colors: ${theme.value}`}
        >
          <Icon name="theme" />
        </button>
      </header>
      <div class="columns">
        <aside class="compose" aria-label="New picture">
          <Composer />
        </aside>
        <main>
          <Running />
          <Grids />
          <Gallery />
        </main>
      </div>
      <SelectionBar />
      <Dialogs />
      <DropZone />
      <p class="sr-only" aria-live="polite">
        {notice.value}
      </p>
    </>
  );
}
