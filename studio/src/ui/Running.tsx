import { cancel } from "../logic/api";
import { tell } from "../logic/actions";
import { active, keyOf, previews, take } from "../logic/generations";
import { stageName, wholeShare } from "../logic/progress";
import { title } from "../logic/recipe";
import type { Generation } from "../logic/types";

/** What is under way, oldest first: the order in which it was asked for. */
export function Running() {
  const running = active.value;
  if (running.length === 0) {
    return null;
  }
  return (
    <section class="running" aria-label="Under way">
      <h2>
        Under way <span class="count">{running.length}</span>
      </h2>
      <ul>
        {running.map((generation, place) => (
          <Job key={generation.id} generation={generation} before={place} />
        ))}
      </ul>
    </section>
  );
}

function Job({ generation, before }: { generation: Generation; before: number }) {
  const name = title(generation);
  const share = wholeShare(generation.data, generation.stages);
  const percent = Math.floor(share * 100);
  const end = async () => {
    try {
      take(await cancel(generation.id));
    } catch (problem) {
      tell(problem);
    }
  };
  return (
    <li class="job">
      <div class="job-pictures">
        {generation.data.slice(0, 4).map((picture) => {
          const preview = previews.value.get(keyOf(generation.id, picture.index));
          const url = picture.status === "succeeded" ? picture.url : preview;
          return url ? (
            <img key={picture.index} class="pixels" src={url} alt="" />
          ) : (
            <div key={picture.index} class="nothing-yet" />
          );
        })}
      </div>
      <div class="job-text">
        <p class="job-name" title={name}>
          {name}
        </p>
        <p class="hint">{words(generation, before)}</p>
        <progress aria-label={`Progress of ${name}`} max={100} value={percent}>
          {percent} %
        </progress>
        <Stages generation={generation} />
      </div>
      <button type="button" class="quiet" aria-label={`Cancel ${name}`} onClick={end}>
        Cancel
      </button>
    </li>
  );
}

function words(generation: Generation, before: number): string {
  const current = generation.data.find(
    (picture) => picture.progress && picture.status === "in_progress",
  )?.progress;
  if (current) {
    return `${stageName(current.stage)}, step ${current.step} of ${current.total}`;
  }
  if (generation.status === "in_progress") {
    return "Goes on";
  }
  return before === 0 ? "Next" : `Place ${before + 1} in the queue`;
}

/** Which of the stages are over and which is at work, by the picture that is furthest. */
function Stages({ generation }: { generation: Generation }) {
  const reached = Math.max(
    -1,
    ...generation.data.map((picture) =>
      picture.progress ? generation.stages.lastIndexOf(picture.progress.stage) : -1,
    ),
  );
  return (
    <ol class="stages" aria-label="Stages">
      {generation.stages.map((stage, i) => (
        <li
          key={i}
          class={i < reached ? "over" : i === reached ? "now" : ""}
          aria-current={i === reached ? "step" : undefined}
        >
          {stage}
        </li>
      ))}
    </ol>
  );
}
