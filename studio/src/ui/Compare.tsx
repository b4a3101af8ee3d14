import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { recipeOfShown, tell } from "../logic/actions";
import { facts } from "../logic/facts";
import type { Shown } from "../logic/generations";
import { title } from "../logic/recipe";
import type { Recipe } from "../logic/types";
import { grain } from "./grain";
import { Modal } from "./Modal";

/** Two pictures, one over the other, and in what their recipes differ. */
export function Compare({ a, b, onClose }: { a: Shown; b: Shown; onClose: () => void }) {
  const at = useSignal(50);
  const over = useRef<HTMLDivElement>(null);
  const recipes = useSignal<[Recipe, Recipe]>([a.generation.recipe, b.generation.recipe]);
  useEffect(() => {
    Promise.all([recipeOfShown(a), recipeOfShown(b)])
      .then((read) => (recipes.value = read))
      .catch(tell);
  }, [a.key, b.key]);
  useEffect(() => {
    over.current!.style.clipPath = `inset(0 0 0 ${at.value}%)`;
  });
  const [first, second] = recipes.value.map((recipe) => new Map(facts(recipe)));
  const names = [...new Set([...first!.keys(), ...second!.keys()])];
  const different = names.filter((name) => first!.get(name) !== second!.get(name));
  return (
    <Modal label="Compare two pictures" onClose={onClose} className="compare">
      <h2>Compare</h2>
      <div class="over-each-other">
        <img class={`picture ${grain(a.picture.size)}`} src={a.picture.url} alt={`Left: ${title(a.generation)}`} />
        <div ref={over} class="upper">
          <img class={`picture ${grain(b.picture.size)}`} src={b.picture.url} alt={`Right: ${title(b.generation)}`} />
        </div>
      </div>
      <input
        type="range"
        min={0}
        max={100}
        value={at.value}
        aria-label="How much of the left picture is seen"
        onInput={(event) => (at.value = Number(event.currentTarget.value))}
      />
      <table class="differences">
        <thead>
          <tr>
            <th scope="col">Different</th>
            <th scope="col">Left</th>
            <th scope="col">Right</th>
          </tr>
        </thead>
        <tbody>
          {different.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{first!.get(name) ?? "–"}</td>
              <td>{second!.get(name) ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {different.length === 0 && <p>Their recipes are the same.</p>}
    </Modal>
  );
}
