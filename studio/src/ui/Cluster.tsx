import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as api from "../logic/api";
import { bytes, lasting, poolTitle, speed, stateOf } from "../logic/cluster";
import type { Cluster as ClusterState, Pool, Worker } from "../logic/types";
import { Modal } from "./Modal";

const PERIOD_MILLIS = 2_000;

/** Who works here and how much waits, as it is while it is looked at. */
export function Cluster({ onClose }: { onClose: () => void }) {
  const state = useSignal<ClusterState | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    const look = async () => {
      try {
        state.value = await api.cluster();
        problem.value = "";
      } catch (failure) {
        problem.value = (failure as Error).message;
      }
      if (!closed) {
        timer = setTimeout(look, PERIOD_MILLIS);
      }
    };
    void look();
    return () => {
      closed = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <Modal label="Cluster" onClose={onClose} className="cluster">
      <h2>Cluster</h2>
      {problem.value && <p role="alert">{problem.value}</p>}
      {!state.value && !problem.value && <p>Looking …</p>}
      {state.value?.pools.map((pool) => (
        <PoolView key={`${pool.stage}/${pool.pool}`} pool={pool} />
      ))}
    </Modal>
  );
}

function PoolView({ pool }: { pool: Pool }) {
  const title = poolTitle(pool);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <p>
        <strong>{pool.waiting ?? "?"}</strong> waiting, <strong>{pool.in_work}</strong> in work
        {pool.workers.length === 0 && "; nobody works here now"}
      </p>
      {pool.workers.length > 0 && (
        <div class="sideways" tabIndex={0} role="group" aria-label={`Workers of ${title}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State</th>
                <th scope="col">For</th>
                <th scope="col">In work</th>
                <th scope="col" title="Rows of a network, times calls, times the places of a row">
                  Row steps/s
                </th>
                <th scope="col">Memory</th>
                <th scope="col">Models</th>
              </tr>
            </thead>
            <tbody>
              {pool.workers.map((worker) => (
                <WorkerRow key={worker.id} worker={worker} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function WorkerRow({ worker }: { worker: Worker }) {
  return (
    <tr>
      <th scope="row">{worker.id}</th>
      <td class={worker.ready ? "" : "not-ready"}>{stateOf(worker)}</td>
      <td>{lasting(Date.now() / 1000 - worker.since)}</td>
      <td>{worker.in_work}</td>
      <td>{speed(worker)}</td>
      <td>
        {bytes(worker.memory.used)} of {bytes(worker.memory.budget)}
      </td>
      <td>
        {worker.models
          .filter((model) => model.state === "loaded" || model.state === "loading")
          .map((model) => (model.state === "loading" ? `${model.id} (loading)` : model.id))
          .join(", ") || "none yet"}
      </td>
    </tr>
  );
}
