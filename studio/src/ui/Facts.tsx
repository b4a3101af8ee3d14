import { facts } from "../logic/facts";
import type { Picture, Recipe } from "../logic/types";

/** How a picture was made. */
export function Facts({
  recipe,
  picture,
  created,
}: {
  recipe: Recipe;
  picture: Picture;
  created: number;
}) {
  const rows = facts(recipe);
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {picture.size && !rows.some(([name]) => name === "Size") && (
        <div>
          <dt>Size</dt>
          <dd>{picture.size.replace("x", " × ")}</dd>
        </div>
      )}
      <div>
        <dt>Asked for</dt>
        <dd>{new Date(created * 1000).toLocaleString()}</dd>
      </div>
    </dl>
  );
}
