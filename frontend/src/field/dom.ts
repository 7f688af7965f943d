/** Elements without markup in strings: what people wrote stays text. */

type Child = Node | string | undefined | null | false;
type Props = Record<string, string | boolean | undefined | ((event: Event) => void)>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

export function button(words: string, act: () => void, look = ""): HTMLButtonElement {
  return el("button", { type: "button", class: `btn ${look}`.trim(), click: act }, words);
}

/** A dialog from below, closed by its own buttons, Escape or the back gesture; gone when closed. */
export function sheet(title: string, ...children: Child[]): HTMLDialogElement {
  const dialog = el("dialog", { class: "sheet", "aria-label": title }, el("h2", {}, title), ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

let telling = 0;

/** Tell what was done, for as long as it may be undone. */
export function snack(words: string, undo?: { words: string; act: () => void; for: number }): void {
  const place = document.getElementById("snack");
  if (!place) return;
  window.clearTimeout(telling);
  const hide = (): void => place.replaceChildren();
  place.replaceChildren(el("span", {}, words));
  if (undo) {
    place.append(
      button(undo.words, () => {
        hide();
        undo.act();
      }),
    );
  }
  telling = window.setTimeout(hide, undo?.for ?? 5_000);
}
