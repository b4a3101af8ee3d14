import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { generate } from "../logic/actions";
import { activeAxes, cellCount, startGrid } from "../logic/grid";
import { problem, say } from "../logic/messages";
import { isTemplate } from "../logic/prompts";
import { can } from "../logic/settings";
import { change, chosenModel, form, promptHistory, source } from "../logic/studio";
import { GridFields } from "./GridFields";
import { Icon } from "./icons";
import { SettingsFields } from "./SettingsFields";
import { PictureButton } from "./DropZone";
import { WordListsButton } from "./WordLists";

export function Composer() {
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) {
      return;
    }
    busy.value = true;
    try {
      await (activeAxes.value.length > 0 ? startGrid() : generate());
      showOnPhones();
    } finally {
      busy.value = false;
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <PromptField onSubmit={submit} />
      <SourceChip />
      {problem.value && (
        <div class="problem" role="alert">
          <p>{problem.value.text}</p>
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => say.nothing()}>
            <Icon name="close" />
          </button>
        </div>
      )}
      <div class="go">
        <button type="submit" class="primary" disabled={busy.value}>
          Generate
        </button>
        {activeAxes.value.length > 0 && <p class="hint">a grid of {cellCount.value} pictures</p>}
      </div>
      <SettingsFields />
      <GridFields />
    </form>
  );
}

/** Where the page is one column, what was begun is below what was pressed. */
function showOnPhones() {
  if (!problem.value && matchMedia("(max-width: 859px)").matches) {
    document.querySelector("main")?.scrollIntoView();
  }
}

function PromptField({ onSubmit }: { onSubmit: (event: Event) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const text = form.value.prompt;
  const model = chosenModel.value;
  const takesWords = !model || can(model, "text");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.shiftKey)) {
      if (form.value.perLine && !event.ctrlKey && !event.metaKey) {
        return;
      }
      onSubmit(event);
    } else if (event.key === "ArrowUp" && text === "" && promptHistory.value[0]) {
      event.preventDefault();
      change({ prompt: promptHistory.value[0] });
    }
  };
  return (
    <div class="prompt">
      <label for="prompt">Prompt</label>
      <textarea
        id="prompt"
        ref={area}
        rows={4}
        maxLength={form.value.perLine ? undefined : 1000}
        value={text}
        disabled={!takesWords}
        aria-invalid={problem.value?.field === "prompt"}
        placeholder={
          takesWords
            ? "a large red circle above a small blue square"
            : "This model takes no words."
        }
        onInput={(event) => change({ prompt: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <div class="prompt-tools">
        <History onChosen={() => area.current?.focus()} />
        <WordListsButton />
        <PictureButton />
        {(text.includes("\n") || form.value.perLine) && (
          <label class="check">
            <input
              type="checkbox"
              checked={form.value.perLine}
              onChange={(event) => change({ perLine: event.currentTarget.checked })}
            />
            One picture for each line
          </label>
        )}
        {isTemplate(text) && <span class="hint">Words are picked anew for each picture.</span>}
      </div>
    </div>
  );
}

function History({ onChosen }: { onChosen: () => void }) {
  const prompts = promptHistory.value;
  if (prompts.length === 0) {
    return null;
  }
  return (
    <label class="history">
      <span class="sr-only">Earlier prompts</span>
      <select
        value=""
        onChange={(event) => {
          change({ prompt: event.currentTarget.value });
          event.currentTarget.value = "";
          onChosen();
        }}
      >
        <option value="" disabled>
          Earlier prompts
        </option>
        {prompts.map((prompt) => (
          <option key={prompt} value={prompt}>
            {prompt.length > 80 ? prompt.slice(0, 79) + "…" : prompt}
          </option>
        ))}
      </select>
    </label>
  );
}

function SourceChip() {
  const given = source.value;
  const model = chosenModel.value;
  if (!given) {
    return null;
  }
  const use =
    can(model, "picture_start") || can(model, "super_resolution")
      ? "Starts from"
      : can(model, "variations") || can(model, "variations_only")
        ? "Variations of"
        : "This model cannot use";
  return (
    <div class="source">
      <img src={given.url} alt="" />
      <p>
        {use} {given.name}
      </p>
      <button
        type="button"
        class="plain"
        aria-label={`Remove ${given.name}`}
        onClick={() => (source.value = null)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
