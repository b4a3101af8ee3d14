import { find, isActive, keyOf } from "../logic/generations";
import { axisLabel, grids, removeGrid, type Grid } from "../logic/grid";
import type { Cell } from "../logic/axes";
import { pictureHash } from "./Dialogs";
import { grain } from "./grain";
import { Icon } from "./icons";

export function Grids() {
  if (grids.value.length === 0) {
    return null;
  }
  return (
    <section class="grids" aria-label="Grids">
      <h2>Grids</h2>
      {grids.value.map((grid, i) => (
        <details key={grid.name} open={i === 0}>
          <summary>
            {name(grid)}{" "}
            <span class="hint">
              {grid.cells.filter((cell) => isDone(cell)).length} of {grid.cells.length}
            </span>
          </summary>
          <Sheets grid={grid} />
          <button
            type="button"
            class="quiet"
            aria-label={`Remove grid ${name(grid)}`}
            onClick={() => removeGrid(grid.name)}
          >
            Remove grid
          </button>
        </details>
      ))}
    </section>
  );
}

const name = (grid: Grid) =>
  `${grid.axes.map(axisLabel).join(" × ")}: ${grid.settings.prompt || grid.axes[0]?.values[0]}`;

const isDone = (cell: Cell) => cell.id !== undefined && find(cell.id)?.status === "succeeded";

function Sheets({ grid }: { grid: Grid }) {
  const [across, down, sheets] = grid.axes;
  return (
    <>
      {(sheets?.values ?? [""]).map((value, sheet) => (
        <div class="sheet" key={sheet}>
          <table>
            {sheets && (
              <caption>
                {axisLabel(sheets)} {value}
              </caption>
            )}
            <thead>
              <tr>
                {down && <td />}
                {across!.values.map((heading, x) => (
                  <th key={x} scope="col">
                    {x === 0 && <span class="hint">{axisLabel(across!)} </span>}
                    {heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(down?.values ?? [""]).map((heading, y) => (
                <tr key={y}>
                  {down && (
                    <th scope="row">
                      {y === 0 && <span class="hint">{axisLabel(down)} </span>}
                      {heading}
                    </th>
                  )}
                  {across!.values.map((_, x) => (
                    <td key={x}>
                      <GridCell grid={grid} cell={cellAt(grid, x, y, sheet)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </>
  );
}

const cellAt = (grid: Grid, ...at: number[]) =>
  grid.cells.find((cell) => cell.at.every((index, i) => index === at[i]))!;

function GridCell({ grid, cell }: { grid: Grid; cell: Cell }) {
  const generation = cell.id ? find(cell.id) : undefined;
  const settings = grid.axes
    .map((axis, i) => `${axisLabel(axis)} ${axis.values[cell.at[i]!]}`)
    .join(", ");
  if (generation?.status === "succeeded") {
    return (
      <a href={pictureHash(keyOf(generation.id, 0))}>
        <img class={grain(generation.data[0]?.size)} src={generation.data[0]?.url} alt={`${grid.settings.prompt} (${settings})`} />
      </a>
    );
  }
  const failed = cell.problem ?? (generation && !isActive(generation) ? "no picture" : undefined);
  return (
    <div class={`nothing-yet ${generation ? "busy" : ""}`} title={failed}>
      {failed ? <Icon name="close" /> : null}
      <span class="sr-only">
        {failed ?? (generation ? "under way" : "waits")}: {settings}
      </span>
    </div>
  );
}
