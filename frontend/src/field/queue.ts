/** What waits on the phone to be sent: its order, and what an answer makes of it. No browser here. */

export type Kind = "check" | "fixed" | "report";
/**
 * waiting: nothing of it is on the server. recorded: it is, pictures may be missing.
 * moved: the case went on before; a note is left there. noted: that stands, too.
 * refused: it won't be taken; it stays here until the person drops it.
 */
export type State = "waiting" | "recorded" | "moved" | "noted" | "refused";

export interface Photo {
  key: string;
  blob: Blob;
  sent: boolean;
}

export interface Unsent {
  key: string;
  owner: number; // who did it: never sent under another name
  at: number;
  holdUntil: number; // it may be undone until then
  kind: Kind;
  taskId: number;
  body: Record<string, unknown>;
  said: string; // in words, as a note on the case says it
  title: string;
  photos: Photo[];
  together: boolean; // its pictures are asked: they go with the record or it isn't taken
  state: State;
  number: string;
  why: string;
  code: string;
}

export type Step =
  | { what: "record" }
  | { what: "note"; key: string }
  | { what: "photo"; photo: Photo; of: string }
  | { what: "nothing" };

export type Answer =
  | { is: "ok"; number: string }
  | { is: "refused"; code: string; message: string; moved: boolean }
  | { is: "no network" }
  | { is: "later" }
  | { is: "signed out" }
  | { is: "other user" };

export interface Settled {
  item: Unsent | undefined; // undefined: it is done with
  goOn: boolean; // whether it makes sense to send anything more now
}

export function noteKey(item: Unsent): string {
  return `${item.key}-n`;
}

/** The next thing to send of an item: the record first, then its pictures one by one. */
export function nextStep(item: Unsent): Step {
  if (item.state === "waiting") return { what: "record" };
  if (item.state === "moved") return { what: "note", key: noteKey(item) };
  if (item.state === "refused") return { what: "nothing" };
  const photo = item.photos.find((each) => !each.sent);
  if (!photo) return { what: "nothing" };
  return { what: "photo", photo, of: item.state === "noted" ? noteKey(item) : item.key };
}

/** What may be sent now under this name, in the order in which it was done. */
export function toSend(items: Unsent[], owner: number, now: number): Unsent[] {
  return items
    .filter((item) => item.owner === owner && item.holdUntil <= now && nextStep(item).what !== "nothing")
    .sort((a, b) => a.at - b.at);
}

/** What is not on the server yet; what only stays here to be read doesn't count. */
export function waiting(items: Unsent[], owner: number): Unsent[] {
  return items.filter((item) => item.owner === owner && nextStep(item).what !== "nothing");
}

/** What becomes of an item when the server, or nobody, answered this step of it. */
export function settle(item: Unsent, step: Step, answer: Answer): Settled {
  if (answer.is === "ok") return { item: afterTaken(item, step, answer.number), goOn: true };
  if (answer.is === "refused") return { item: afterRefused(item, step, answer), goOn: true };
  return { item, goOn: false };
}

function afterTaken(item: Unsent, step: Step, number: string): Unsent | undefined {
  let next: Unsent = { ...item, number };
  if (step.what === "record") next.state = "recorded";
  if (step.what === "note") next.state = "noted";
  if (step.what === "record" && item.together) next = withAllSent(next);
  if (step.what === "photo") next = withSent(next, step.photo.key);
  const over = next.state === "recorded" && nextStep(next).what === "nothing" && !next.why;
  return over ? undefined : next; // what moved stays, to be read
}

function afterRefused(item: Unsent, step: Step, answer: Extract<Answer, { is: "refused" }>): Unsent {
  const why = { why: answer.message, code: answer.code };
  if (step.what === "photo") return { ...withSent(item, step.photo.key), ...why };
  if (step.what === "record" && item.kind === "check" && answer.moved) return { ...item, ...why, state: "moved" };
  return { ...item, why: item.why || answer.message, code: item.code || answer.code, state: "refused" };
}

function withSent(item: Unsent, key: string): Unsent {
  return { ...item, photos: item.photos.map((each) => (each.key === key ? { ...each, sent: true } : each)) };
}

function withAllSent(item: Unsent): Unsent {
  return { ...item, photos: item.photos.map((each) => ({ ...each, sent: true })) };
}

/** Cards that were decided on here don't stand in the list any more, whether sent or not. */
export function stillToDo<Card extends { task_id: number }>(cards: Card[], items: Unsent[], owner: number): Card[] {
  const done = new Set(items.filter((item) => item.kind === "check" && item.owner === owner).map((i) => i.taskId));
  return cards.filter((card) => !done.has(card.task_id));
}
