/** The list of a walk: one tap passes, three fail. */
import type { App, Verdict } from "./app";
import { button, el, sheet } from "./dom";
import { distanceTo, inOrder, type Order, type Point } from "./near";
import type { Card } from "./store";
import { reasons, word } from "./words";

const AFTER = "PHOTO_AFTER";
const ORDERS: [Order, string][] = [
  ["near", "sort_near"],
  ["due", "sort_due"],
  ["place", "sort_place"],
];

export function checksPage(app: App): HTMLElement {
  const page = el("div", { class: "cards" });
  if (!app.cards.length) {
    const desk = document.body.dataset["desk"] ?? "";
    page.append(el("p", { class: "plain" }, app.listed ? word("no_checks") : ""), el("p", { class: "plain" }, el("a", { class: "big", href: desk }, word("check_desk"))));
    return page;
  }
  page.append(ordering(app));
  for (const card of inOrder(app.cards, app.order, app.here)) page.append(oneCard(app, card));
  const time = new Date(app.listed?.at ?? 0).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  page.append(el("p", { class: "hint foot" }, word("listed_at", { time })));
  return page;
}

function ordering(app: App): HTMLElement {
  const told = el("span", { class: "sr-only", role: "status" });
  const line = el("div", { class: "orders", role: "group" });
  for (const [order, name] of ORDERS) {
    const one = button(word(name), () => (order === "near" ? nearest(app, told) : app.sortBy(order)));
    one.setAttribute("aria-pressed", String(app.order === order));
    line.append(one);
  }
  line.append(told);
  return line;
}

/** The position is asked on this tap only, and kept nowhere. */
function nearest(app: App, told: HTMLElement): void {
  const failed = (): void => {
    told.className = "hint";
    told.textContent = word("not_located");
  };
  if (!("geolocation" in navigator)) return failed();
  told.textContent = word("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => app.sortBy("near", { lng: coords.longitude, lat: coords.latitude }),
    failed,
    { enableHighAccuracy: true, timeout: 10_000 },
  );
}

/** Before a case is registered nobody has said its matter. */
function calledBy(card: Card): string {
  return card.matter || (card.verifies ? word("verifying") : card.number);
}

function oneCard(app: App, card: Card): HTMLElement {
  const taken = app.photos.get(card.task_id)?.length ?? 0;
  const asked = card.evidence_asked.includes(AFTER);
  const head = el("div", { class: "card-head" }, el("h2", {}, calledBy(card)), card.sampled && el("span", { class: "mark" }, word("sampled")), card.verifies && card.matter && el("span", { class: "mark" }, word("verifying")), due(card));
  return el(
    "article",
    { class: "check", "data-task": String(card.task_id) },
    head,
    el("p", { class: "where" }, card.place, away(card, app.here)),
    !card.verifies && el("p", { class: "good" }, el("b", {}, word("good_when")), ` ${card.close_condition}`),
    card.words && el("p", { class: "said-then" }, el("b", {}, word("said")), ` ${card.words}`),
    before(app, card),
    card.verifies && el("p", { class: "asked" }, taken > 0 && word("photos", { n: taken }), button(word("photo"), () => void app.shoot(card))),
    asked && el("p", { class: "asked" }, taken ? word("photos", { n: taken }) : word("photo_asked"), button(word("photo"), () => void app.shoot(card))),
    card.verifies ? findings(app, card) : verdicts(app, card, asked && !taken),
  );
}

function due(card: Card): HTMLElement | false {
  const chip = card.due;
  if (!chip) return false;
  const look = chip.state === "ok" ? "due" : `due due-${chip.state}`;
  return el("span", {
    class: look, "data-left": String(chip.left ?? ""), "data-amount": String(chip.amount), "data-day": String(chip.day),
    "data-at": chip.at, "data-runs-until": chip.runs_until,
  }, chip.words); // prettier-ignore
}

function away(card: Card, here: Point | undefined): HTMLElement | false {
  const metres = distanceTo(card, here);
  if (metres === undefined) return false;
  const near = metres < 1000;
  const n = near ? Math.max(10, Math.round(metres / 10) * 10) : (metres / 1000).toFixed(1);
  return el("span", { class: "away" }, word(near ? "metres" : "kilometres", { n }));
}

const shown = new Map<string, string>(); // one address of each picture for as long as the page lives

function before(app: App, card: Card): HTMLElement | false {
  if (!card.before) return false;
  const image = el("img", { class: "before", alt: word("before"), hidden: true });
  const show = (address: string): void => {
    image.src = address;
    image.hidden = false;
  };
  const known = shown.get(card.before);
  if (known) show(known);
  else {
    void app.store.picture(card.before).then((blob) => {
      if (!blob) return;
      const address = URL.createObjectURL(blob);
      shown.set(card.before, address);
      show(address);
    });
  }
  return el("figure", {}, image);
}

function verdicts(app: App, card: Card, photoFirst: boolean): HTMLElement {
  const passed: Verdict = {
    command: "PASS", reason: "", said: word("pass"), done: word("passed", { what: calledBy(card) }),
  }; // prettier-ignore
  const pass = async (): Promise<void> => {
    if (photoFirst && !(await app.shoot(card))) return;
    await app.decide(card, passed);
  };
  return el(
    "div",
    { class: "verdicts" },
    button(word("cannot"), () => why(app, card, "cannot"), "quiet"),
    button(word("fail"), () => why(app, card, "fail"), "btn-danger"),
    button(word("pass"), () => void pass(), "btn-main"),
  );
}

/** Before it is registered: is it so? */
function findings(app: App, card: Card): HTMLElement {
  const confirmed: Verdict = {
    command: "CONFIRM", reason: "", said: word("confirm"), done: word("confirmed", { what: calledBy(card) }),
  }; // prettier-ignore
  return el(
    "div",
    { class: "verdicts" },
    button(word("refute"), () => why(app, card, "refute"), "btn-danger"),
    button(word("confirm"), () => void app.decide(card, confirmed), "btn-main"),
  );
}

type Asked = "fail" | "cannot" | "refute";
const MEANS: Record<Asked, { command: Verdict["command"]; done: string }> = {
  fail: { command: "FAIL", done: "failed" },
  cannot: { command: "CANNOT_CHECK", done: "cannot_done" },
  refute: { command: "REFUTE", done: "refuted" },
};

function why(app: App, card: Card, which: Asked): void {
  const harsh = which !== "cannot";
  const name = word(which);
  const chips = el("div", { class: "chips", role: "radiogroup", "aria-label": word(`why_${which}`) });
  for (const reason of reasons(which)) {
    const radio = el("input", { type: "radio", name: "why", value: reason, change: () => ready() });
    chips.append(el("label", { class: "btn" }, radio, reason));
  }
  const words = el("textarea", { class: "input", rows: "2", maxlength: "800", id: "why-words", input: () => ready() });
  const send = button(word(`do_${which}`), () => void decide(), harsh ? "btn-danger" : "btn-main");
  send.disabled = true;
  const chosen = (): string => chips.querySelector<HTMLInputElement>("input:checked")?.value ?? "";
  const ready = (): void => void (send.disabled = !chosen() && !words.value.trim());
  const dialog = sheet(
    `${name} · ${card.matter || card.number}`,
    chips,
    el("label", { for: "why-words" }, word("more_words")),
    words,
    el("div", { class: "row-of" }, button(word("back"), () => dialog.close()), send),
  );
  const decide = async (): Promise<void> => {
    const reason = [chosen(), words.value.trim()].filter(Boolean).join("。");
    dialog.close();
    const { command, done } = MEANS[which];
    await app.decide(card, { command, reason, said: `${name}：${reason}`, done: word(done, { what: calledBy(card) }) });
  };
}
