/**
 * Rows that are ticked for one form: X ticks the current one, Shift+X all from the last ticked to it,
 * a button all of the same matter at the same place. The button says how many there are.
 */
import { isTypedInto, otherwise } from "./keys";

type Box = HTMLInputElement;

/** The indexes from one row to another, either way round. */
export function rangeOf(from: number, to: number): number[] {
  const first = Math.min(from, to);
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, n) => first + n);
}

function boxes(): Box[] {
  return [...document.querySelectorAll<Box>(".row-tick input[type=checkbox]")];
}

function current(all: Box[]): number {
  return all.findIndex((box) => box.closest(".row-tick")?.querySelector("[aria-current]"));
}

/** Opening the next row loads the page anew: what is ticked stays while one walks the same list. */
function tickAgain(key: string): void {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const walking = navigation?.type !== "navigate" || document.referrer.split("?")[0] === location.href.split("?")[0];
  const ticked = new Set(walking ? (sessionStorage.getItem(key) ?? "").split(" ") : []);
  for (const box of boxes()) box.checked ||= ticked.has(box.value);
}

export function tickRows(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-ticks]");
  if (!form) return;
  let last = -1;
  const key = `ticks:${location.pathname}`;
  tickAgain(key);
  const count = (): void => {
    const ticked = boxes().filter((box) => box.checked);
    const n = ticked.length;
    sessionStorage.setItem(key, ticked.map((box) => box.value).join(" "));
    const shown = form.querySelector("[data-ticked]");
    if (shown) shown.textContent = n ? String(n) : "";
  };
  const set = (indexes: number[], checked: boolean): void => {
    const all = boxes();
    for (const index of indexes) if (all[index]) all[index].checked = checked;
    count();
  };
  otherwise((name) => {
    const all = boxes();
    const at = current(all);
    if (name !== "x" || at < 0) return false;
    set([at], !all[at]?.checked);
    last = at;
    return true;
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.key !== "X" || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTypedInto(target)) return;
    const at = current(boxes());
    if (at < 0) return;
    event.preventDefault();
    set(rangeOf(last < 0 ? at : last, at), true);
    last = at;
  });
  const alike = form.querySelector<HTMLButtonElement>("[data-tick-alike]");
  if (alike) alike.hidden = false;
  alike?.addEventListener("click", () => {
    const all = boxes();
    const row = all[current(all)]?.closest<HTMLElement>(".row-tick");
    const same = all.flatMap((box, index) =>
      row && box.closest<HTMLElement>(".row-tick")?.dataset["alike"] === row.dataset["alike"] ? [index] : [],
    );
    set(same, true);
  });
  document.addEventListener("change", (event) => {
    const all = boxes();
    const at = all.indexOf(event.target as Box);
    if (at < 0) return;
    last = at;
    count();
  });
  count();
}
