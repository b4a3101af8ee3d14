import { useSignal } from "@preact/signals";
import { toWords } from "../logic/prompts";
import { wordLists } from "../logic/studio";
import { open } from "./Dialogs";
import { Modal } from "./Modal";

export function WordListsButton() {
  return (
    <button type="button" class="quiet" onClick={() => (open.value = { kind: "words" })}>
      Word lists
    </button>
  );
}

/** Lists of words that prompts name. */
export function WordLists({ onClose }: { onClose: () => void }) {
  const added = useSignal("");
  const set = (name: string, words: string[] | null) => {
    const { [name]: _, ...others } = wordLists.value;
    wordLists.value = words === null ? others : { ...others, [name]: words };
  };
  const add = (event: Event) => {
    event.preventDefault();
    const name = added.value.trim().replace(/[^A-Za-z0-9-]+/g, "-");
    if (name && !(name in wordLists.value)) {
      set(name, []);
    }
    added.value = "";
  };
  return (
    <Modal label="Word lists" onClose={onClose} className="words">
      <h2>Word lists</h2>
      <p>
        <code>__colors__</code> in a prompt stands for a word of the list “colors”, another one for
        each picture; <code>{"{big|small}"}</code> for one of these.
      </p>
      {Object.keys(wordLists.value)
        .sort()
        .map((name) => (
          <div class="field" key={name}>
            <label for={`words-${name}`}>{name}</label>
            <textarea
              id={`words-${name}`}
              rows={4}
              defaultValue={wordLists.value[name]!.join("\n")}
              placeholder="one word or phrase a line"
              onChange={(event) => set(name, toWords(event.currentTarget.value))}
            />
            <button
              type="button"
              class="quiet"
              aria-label={`Remove the list ${name}`}
              onClick={() => set(name, null)}
            >
              Remove
            </button>
          </div>
        ))}
      <form class="add" onSubmit={add}>
        <input
          aria-label="Name of a new list"
          placeholder="name of a new list"
          value={added.value}
          onInput={(event) => (added.value = event.currentTarget.value)}
        />
        <button type="submit">Add</button>
      </form>
    </Modal>
  );
}
