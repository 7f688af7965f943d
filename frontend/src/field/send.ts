/** Talks to /api/v1/field. Who is signed in, and the token, are asked anew before anything is sent. */
import { nextStep, settle, toSend, type Answer, type Unsent, type Step } from "./queue";
import type { Card, Me, Store } from "./store";

const API = "/api/v1/field";
const PATIENCE = 30_000;

export type Who = { is: "me"; me: Me } | { is: "signed out" } | { is: "no network" };

async function ask(path: string, options: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(`${API}/${path}`, {
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    });
  } catch {
    return undefined;
  }
}

export async function whoAmI(): Promise<Who> {
  const answer = await ask("me");
  if (answer?.status === 401) return { is: "signed out" };
  if (!answer?.ok) return { is: "no network" };
  return { is: "me", me: (await answer.json()) as Me };
}

export async function cards(): Promise<Card[] | undefined> {
  const answer = await ask("checks");
  return answer?.ok ? ((await answer.json()) as Card[]) : undefined;
}

export async function picture(address: string): Promise<Blob | undefined> {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    return answer.ok && !answer.redirected ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}

/** Send what may be sent; `changed` hears of every step. One tab at a time. */
export async function sendAll(store: Store, me: Me, changed: () => Promise<void>): Promise<Answer["is"]> {
  return navigator.locks.request("field-send", async () => {
    for (const item of toSend(await store.items(), me.user_id, Date.now())) {
      const last = await sendOne(store, me, item, changed);
      if (last !== "ok" && last !== "refused") return last;
    }
    return "ok";
  });
}

async function sendOne(
  store: Store,
  me: Me,
  item: Unsent,
  changed: () => Promise<void>,
): Promise<Answer["is"]> {
  let left: Unsent | undefined = item;
  let last: Answer["is"] = "ok";
  while (left) {
    const step: Step = nextStep(left);
    if (step.what === "nothing") break;
    const answer = await answerTo(step, left, me);
    const next = settle(left, step, answer);
    left = next.item;
    last = answer.is;
    await (left ? store.keep(left) : store.drop(item.key));
    await changed();
    if (!next.goOn) break;
  }
  return last;
}

async function answerTo(step: Step, item: Unsent, me: Me): Promise<Answer> {
  const said = { client_key: item.key };
  if (step.what === "note") {
    return tell(me, item, `checks/${item.taskId}/notes`, { ...said, client_key: step.key, words: item.said });
  }
  if (step.what === "photo") return tellPhoto(me, item, step);
  if (item.kind === "check") return tell(me, item, `checks/${item.taskId}`, { ...said, ...item.body });
  const body = { ...said, ...item.body };
  if (item.kind === "report") return tell(me, item, "reports", body);
  return tell(me, item, "fixed", item.together ? { ...body, photos: await inside(item) } : body);
}

async function inside(item: Unsent): Promise<{ name: string; content: string }[]> {
  const told = [];
  for (const photo of item.photos) told.push({ name: "photo.jpg", content: await base64(photo.blob) });
  return told;
}

function base64(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

function tellPhoto(me: Me, item: Unsent, step: Extract<Step, { what: "photo" }>): Promise<Answer> {
  const form = new FormData();
  form.append("client_key", step.photo.key);
  form.append("of", step.of);
  form.append("file", step.photo.blob, "photo.jpg");
  return heard(ask("photos", { method: "POST", headers: headersOf(me, item), body: form }));
}

/** For whom it was kept goes along: should somebody else sign in just now, it is refused. */
function headersOf(me: Me, item: Unsent): Record<string, string> {
  return { "X-CSRFToken": me.csrf_token, "Kept-For": String(item.owner) };
}

function tell(me: Me, item: Unsent, path: string, body: unknown): Promise<Answer> {
  const headers = { ...headersOf(me, item), "Content-Type": "application/json" };
  return heard(ask(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function heard(asked: Promise<Response | undefined>): Promise<Answer> {
  const answer = await asked;
  if (!answer) return { is: "no network" };
  if (answer.status === 401) return { is: "signed out" };
  if (answer.status === 429 || answer.status >= 500) return { is: "later" };
  const body = (await answer.json().catch(() => ({}))) as { number?: string; code?: string; message?: string };
  if (answer.ok) return { is: "ok", number: body.number ?? "" };
  if (body.code === "field_other_user") return { is: "other user" };
  const moved = answer.status === 409;
  return { is: "refused", code: body.code ?? "", message: body.message ?? "", moved };
}
