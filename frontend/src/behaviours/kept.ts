/**
 * Words not yet sent are kept in this tab: data-keeps="name" on a form. They come back after a
 * mistake, a lost connection or a session that ran out; they go when an answer came, at sign-out,
 * and when someone else signs in.
 */
import { say } from "./words";

export type Values = Record<string, string[]>;
export interface Kept {
  values: Values;
  sent: boolean;
}
/** What a page load says about a form sent before it. */
export interface Arrival {
  refused: boolean; // the page tells an error, or asks who one is
  cameBack: boolean; // by the browser's back button: the answer may never have come
  answered: boolean; // it is what our server answered to a page of ours, not an address typed anew
}

/** Decide what becomes of kept words when a page is loaded. */
export function afterLoad(kept: Kept, arrival: Arrival): Kept | undefined {
  if (!kept.sent) return kept;
  const taken = arrival.answered && !arrival.refused && !arrival.cameBack;
  return taken ? undefined : { ...kept, sent: false };
}

export function differs(kept: Values, shown: Values): boolean {
  const names = new Set([...Object.keys(kept), ...Object.keys(shown)]);
  return [...names].some((n) => (kept[n] ?? []).join("\0") !== (shown[n] ?? []).join("\0"));
}

const PREFIX = "kept:";
const OWNER = "kept-by";
const DELAY = 300;
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "image"]);

interface Context {
  sourceElement?: Element;
  response?: { status: number };
}
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fieldsOf(form: HTMLFormElement): Field[] {
  return ([...form.elements] as Field[]).filter(
    (f) => f.name && /^(INPUT|TEXTAREA|SELECT)$/.test(f.tagName) && !NEVER.has(f.type),
  );
}

function isTicked(field: Field): field is HTMLInputElement {
  return field.type === "checkbox" || field.type === "radio";
}

function valuesOf(form: HTMLFormElement): Values {
  const values: Values = {};
  for (const field of fieldsOf(form)) {
    const list = (values[field.name] ??= []);
    if (isTicked(field) ? field.checked : field.value) list.push(field.value);
  }
  return values;
}

function putBack(form: HTMLFormElement, values: Values): void {
  for (const field of fieldsOf(form)) {
    const list = values[field.name];
    if (!list) continue;
    if (isTicked(field)) field.checked = list.includes(field.value);
    else field.value = list[0] ?? "";
  }
}

function keyOf(form: HTMLFormElement): string {
  return `${PREFIX}${form.dataset["keeps"] ?? ""}:${location.pathname}`;
}

function read(key: string): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null") as Kept | null;
    return kept ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, kept: Kept | undefined): void {
  try {
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  } catch {
    // A full or forbidden store keeps nobody from working.
  }
}

function keptKeys(): string[] {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

export function forgetAll(): void {
  for (const key of keptKeys()) sessionStorage.removeItem(key);
}

function note(form: HTMLFormElement, text: string, discard?: () => void): void {
  const place = form.querySelector<HTMLElement>("[data-kept]");
  if (!place) return;
  place.hidden = false;
  place.textContent = text;
  if (!discard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linkish";
  button.textContent = say("discard");
  button.addEventListener("click", () => {
    discard();
    place.hidden = true;
  });
  place.append(" ", button);
}

function keep(form: HTMLFormElement): void {
  const key = keyOf(form);
  const shown = valuesOf(form);
  const kept = read(key);
  if (kept && differs(kept.values, shown)) {
    putBack(form, kept.values);
    form.dispatchEvent(new Event("kept:restored", { bubbles: true }));
    note(form, say("restored"), () => {
      write(key, undefined);
      putBack(form, shown);
    });
  }
  let timer = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      write(key, { values: valuesOf(form), sent: false });
      const time = new Date().toLocaleTimeString("zh-CN", { hour12: false });
      note(form, say("kept", { time }));
    }, DELAY);
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    write(key, { values: valuesOf(form), sent: true });
  });
  form.addEventListener("htmx:after:request", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: Context }>).detail;
    if (ctx?.sourceElement !== form) return; // what is looked up inside the form sends nothing
    const status = ctx?.response?.status ?? 0;
    write(key, status < 400 ? undefined : { values: valuesOf(form), sent: false });
  });
}

export function keepWords(): void {
  const user = document.body.dataset["user"];
  if (user && sessionStorage.getItem(OWNER) !== user) {
    if (sessionStorage.getItem(OWNER)) forgetAll();
    sessionStorage.setItem(OWNER, user);
  }
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const arrival: Arrival = {
    refused: document.querySelector("[data-error], [data-signs-in]") !== null,
    cameBack: navigation?.type === "back_forward",
    answered: (navigation?.redirectCount ?? 0) > 0 || document.referrer.startsWith(location.origin),
  };
  for (const key of keptKeys()) {
    const kept = read(key);
    write(key, kept && afterLoad(kept, arrival));
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keeps]")) keep(form);
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLElement).matches("[data-forgets]")) forgetAll();
  });
}
