import type { ReplayRequest, Told } from "../operations.ts";

/** What the page asks its server to do. */

const TOKEN = new URLSearchParams(location.hash.slice(1)).get("token");

/** Whether the page was opened by the address that the command has printed. Without the token in it nothing can be changed. */
export const MAY_CHANGE = TOKEN !== null;

export function planCsv(file: File, date: string): Promise<Told> {
  return send(`/api/plan?${dropped(file, date)}`, file);
}

/** @param force whether it is to be used though its run would be rejected */
export function ingestCsv(file: File, date: string, force: boolean): Promise<Told> {
  const query = dropped(file, date);
  if (force) query.set("force", "true");
  return send(`/api/ingest?${query}`, file);
}

export function planReplay(request: ReplayRequest): Promise<Told> {
  return send("/api/replay/plan", JSON.stringify(request));
}

export function replay(request: ReplayRequest): Promise<Told> {
  return send("/api/replay", JSON.stringify(request));
}

export function cancelRun(date: string): Promise<Told> {
  return send(`/api/cancel?${new URLSearchParams({ date })}`, "");
}

function dropped({ name }: File, date: string): URLSearchParams {
  return new URLSearchParams({ date, name });
}

/** @throws {Error} with the server's line */
async function send(path: string, body: BodyInit): Promise<Told> {
  const response = await fetch(path, { method: "POST", body, headers: { "x-lotes-token": TOKEN ?? "" } });
  const answer = (await response.json()) as Told | { readonly error: string };
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}
