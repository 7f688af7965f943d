/**
 * Single keys: data-key="1" on a button, link or radio clicks it, on a text field goes there. Only
 * outside text fields, without modifiers, never against the browser. data-key="Alt+1" and
 * "Control+Enter" work inside fields too.
 */

export interface Pressed {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** How a key is written in data-key; undefined for those that are nobody's but the browser's. */
export function nameOf(event: Pressed): string | undefined {
  if (event.metaKey) return undefined;
  if (event.altKey && !event.ctrlKey && !event.shiftKey) {
    // By place: with Alt some keyboards write other signs.
    const place = /^(?:Digit|Key)(\w)$/.exec(event.code);
    return place?.[1] ? `alt+${place[1].toLowerCase()}` : undefined;
  }
  if (event.ctrlKey) {
    const sends = event.key === "Enter" && !event.altKey && !event.shiftKey;
    return sends ? "control+enter" : undefined;
  }
  if (event.altKey) return undefined;
  if (event.key === "Enter") return event.shiftKey ? undefined : "enter";
  if (event.key.length !== 1 || event.key === " ") return undefined;
  const letter = /[a-z]/i.test(event.key);
  return letter && event.shiftKey ? undefined : event.key.toLowerCase();
}

const TYPED = "input, textarea, select, [contenteditable]";
const NOT_TYPED = new Set(["radio", "checkbox", "button", "submit", "reset", "range", "color"]);
const TAKES_ENTER = "a, button, summary, [role=option], [role=button]";

export function isTypedInto(target: Element | null): boolean {
  const field = target?.closest(TYPED);
  if (!field) return false;
  return !(field.tagName === "INPUT" && NOT_TYPED.has((field as HTMLInputElement).type));
}

function mayAct(name: string, target: Element | null): boolean {
  if (name.includes("+")) return true;
  if (isTypedInto(target)) return false;
  return !(name === "enter" && target?.closest(TAKES_ENTER));
}

function isThere(element: HTMLElement): boolean {
  if ((element as HTMLButtonElement).disabled || element.ariaDisabled === "true") return false;
  // A radio inside its card is drawn invisible: its label counts.
  const seen = element.closest<HTMLElement>("label") ?? element;
  return seen.getClientRects().length > 0;
}

type Written = Pick<HTMLTextAreaElement, "value" | "defaultValue" | "form">;

/** Tell whether a key may press a button of this form: words in another one are not passed over. */
export function maySend(form: HTMLFormElement | null, fields: Iterable<Written>): boolean {
  if (!form) return true;
  const written = [...fields].filter((f) => f.form && f.value !== f.defaultValue && f.value.trim());
  return !written.length || written.some((f) => f.form === form);
}

const REASONED = "textarea, input[name=reason]";

/** Who answers a key; the page's own buttons come before anything else that listens. */
export function holderOf(name: string, root: ParentNode): HTMLElement | undefined {
  const holder = [...root.querySelectorAll<HTMLElement>("[data-key]")].find(
    (element) => element.dataset["key"]?.toLowerCase() === name && isThere(element),
  );
  if (!(holder instanceof HTMLButtonElement)) return holder;
  const written = root.querySelectorAll<HTMLTextAreaElement>(REASONED);
  return maySend(holder.form, written) ? holder : undefined;
}

type Fallback = (name: string) => boolean;
const fallbacks: Fallback[] = [];

/** Let another behaviour answer a key that no button on the page claims. */
export function otherwise(fallback: Fallback): void {
  fallbacks.push(fallback);
}

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const name = nameOf(event);
    const target = event.target instanceof Element ? event.target : null;
    if (!name || !mayAct(name, target)) return;
    const dialog = document.querySelector<HTMLElement>("dialog[open]");
    const holder = holderOf(name, dialog ?? document);
    if (holder) {
      event.preventDefault();
      if (isTypedInto(holder)) holder.focus();
      else holder.click();
    } else if (!dialog && fallbacks.some((fallback) => fallback(name))) {
      event.preventDefault();
    }
  });
}
