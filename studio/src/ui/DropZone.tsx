import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useSettings } from "../logic/actions";
import { toBase64 } from "../logic/base64";
import { say } from "../logic/messages";
import { recipeOf } from "../logic/recipe";
import { source } from "../logic/studio";
import { Modal } from "./Modal";

interface Dropped {
  file: File;
  bytes: Uint8Array;
}

const isOver = signal(false);
const dropped = signal<Dropped | null>(null);

/** Takes a file: its settings, if it has a recipe; else it is what the next picture starts from. */
export async function takeFile(file: File) {
  if (!/^image\/(png|jpeg|webp)$/.test(file.type)) {
    say.problem("Pictures are PNG, JPEG or WebP files.");
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (recipeOf(bytes)) {
    dropped.value = { file, bytes };
  } else {
    startFrom({ file, bytes });
  }
}

function startFrom({ file, bytes }: Dropped) {
  source.value = {
    name: file.name,
    base64: toBase64(bytes),
    url: URL.createObjectURL(file),
  };
}

/** Anywhere on the page. */
export function DropZone() {
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault();
        isOver.value = true;
      }
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) {
        isOver.value = false;
      }
    };
    const onDrop = (event: DragEvent) => {
      isOver.value = false;
      const file = event.dataTransfer?.files[0];
      if (file) {
        event.preventDefault();
        void takeFile(file);
      }
    };
    const onPaste = (event: ClipboardEvent) => {
      const file = event.clipboardData?.files[0];
      if (file) {
        void takeFile(file);
      }
    };
    addEventListener("dragover", onOver);
    addEventListener("dragleave", onLeave);
    addEventListener("drop", onDrop);
    addEventListener("paste", onPaste);
    return () => {
      removeEventListener("dragover", onOver);
      removeEventListener("dragleave", onLeave);
      removeEventListener("drop", onDrop);
      removeEventListener("paste", onPaste);
    };
  }, []);
  return (
    <>
      {isOver.value && <div class="drop">Drop a picture: its settings come back, or the next one starts from it.</div>}
      {dropped.value && <Question given={dropped.value} onDone={() => (dropped.value = null)} />}
    </>
  );
}

function Question({ given, onDone }: { given: Dropped; onDone: () => void }) {
  return (
    <Modal label="A picture with a recipe" onClose={onDone} className="question">
      <h2>This picture knows how it was made</h2>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() => {
            useSettings(recipeOf(given.bytes)!);
            onDone();
          }}
        >
          Use its settings
        </button>
        <button
          type="button"
          onClick={() => {
            startFrom(given);
            onDone();
          }}
        >
          Start from the picture
        </button>
      </div>
    </Modal>
  );
}

/** The same for those who do not drag. */
export function PictureButton() {
  return (
    <label class="button quiet file">
      Open a picture
      <input
        type="file"
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) {
            void takeFile(file);
          }
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
