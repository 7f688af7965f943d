/**
 * Chips count on between two looks at the server, with the arithmetic of chengshao/web/due.py.
 * A clock of working time stands from data-runs-until on: the browser knows no calendar.
 */
import { say } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export type Amount = ["days" | "hours" | "minutes", number][];
export type State = "ok" | "soon" | "late";

/** At most two units, rounded down; empty for less than a minute. */
export function amountOf(seconds: number, day: number): Amount {
  const whole = Math.max(Math.floor(seconds), 0);
  const days = Math.floor(whole / day);
  const rest = whole % day;
  const hours = Math.floor(rest / HOUR);
  const minutes = Math.floor((rest % HOUR) / MINUTE);
  if (days) return days < 3 && hours ? [["days", days], ["hours", hours]] : [["days", days]];
  if (hours) return hours < 10 && minutes ? [["hours", hours], ["minutes", minutes]] : [["hours", hours]];
  return minutes ? [["minutes", minutes]] : [];
}

/** Seconds left at `now`, from those left at `at`; the clock runs until `runsUntil` only. */
export function leftAt(now: number, left: number, at: number, runsUntil = Infinity): number {
  const ran = Math.max(Math.min(now, runsUntil) - at, 0);
  return Math.floor(left - ran / 1000);
}

export function stateOf(left: number, amount: number): State {
  if (left < 0) return "late";
  return left * 4 < amount ? "soon" : "ok";
}

function inWords(left: number, day: number): string {
  const amount = amountOf(left < 0 ? Math.max(-left, MINUTE) : left, day);
  const [larger, smaller] = amount.map(([unit, n]) => say(unit, { n }));
  const said = larger && smaller ? say("two_units", { larger, smaller }) : larger;
  return say(left < 0 ? "over" : "left", { amount: said ?? say("under_a_minute") });
}

/** When each chip came, by this machine's clock, which may be wrong: only what passed since counts. */
const came = new WeakMap<HTMLElement, number>();

function refresh(chip: HTMLElement, here: number): void {
  const since = came.get(chip);
  if (since === undefined) {
    came.set(chip, here);
    return;
  }
  const { left, amount, day, at, label, runsUntil } = chip.dataset;
  const stops = runsUntil ? Date.parse(runsUntil) : Infinity;
  const asked = Date.parse(at ?? "");
  const seconds = leftAt(asked + here - since, Number(left), asked, stops);
  if (Number.isNaN(seconds)) return;
  const counted = inWords(seconds, Number(day));
  const words = label ? say("labelled", { label, left: counted }) : counted;
  if (chip.textContent === words) return;
  chip.textContent = words;
  chip.removeAttribute("title"); // the server's sentence is no longer true to the minute
  chip.classList.remove("due-soon", "due-late");
  const state = stateOf(seconds, Number(amount));
  if (state !== "ok") chip.classList.add(`due-${state}`);
}

export function countOn(): void {
  const tick = (): void => {
    const here = Date.now();
    for (const chip of document.querySelectorAll<HTMLElement>(".due[data-left]")) refresh(chip, here);
  };
  tick();
  setInterval(tick, 30_000);
  document.addEventListener("htmx:after:swap", tick);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });
}
