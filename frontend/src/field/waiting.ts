/** What has not gone yet, and what was not taken: nobody has to guess. */
import type { App } from "./app";
import { button, el } from "./dom";
import { nextStep, type Unsent } from "./queue";
import { word } from "./words";

export function queuePage(app: App): HTMLElement {
  const own = app.items.filter((item) => item.owner === app.owner).sort((a, b) => a.at - b.at);
  const page = el("div", { class: "cards" });
  if (app.others) page.append(el("p", { class: "plain" }, word("others", { n: app.others })));
  if (!own.length) page.append(el("p", { class: "plain" }, word("all_sent")));
  for (const item of own) page.append(oneItem(app, item));
  if (app.unsent.length) page.append(el("p", { class: "plain" }, button(word("send_now"), () => void app.sync(), "btn-main")));
  return page;
}

function stateWords(item: Unsent): string {
  const left = item.photos.filter((photo) => !photo.sent).length;
  if (item.state === "waiting") return word("waits");
  if (item.state === "recorded") return left ? word("waits_photos", { n: left }) : word("photo_refused");
  if (item.state === "refused") return word(item.kind === "check" ? "not_noted" : "refused");
  return word(item.state === "noted" ? "noted" : "waits");
}

function oneItem(app: App, item: Unsent): HTMLElement {
  const photos = item.photos.length;
  const still = nextStep(item).what === "nothing";
  const actions = el("div", { class: "row-of" });
  if (item.number && item.kind === "check") {
    actions.append(el("a", { class: "btn", href: `/desk/cases/${encodeURIComponent(item.number)}/` }, word("open_case")));
  }
  if (item.code === "point_outside") actions.append(button(word("try_again"), () => void app.withoutPoint(item), "btn-main"));
  if (still) actions.append(button(word("drop"), () => void app.drop(item)));
  return el(
    "article",
    { class: `waits ${item.state}` },
    el("h2", {}, item.title),
    item.said && el("p", {}, item.said),
    photos > 0 && el("p", { class: "hint" }, word("photos", { n: photos })),
    el("p", { class: "how" }, el("b", {}, stateWords(item)), item.why && ` ${item.why}`),
    actions,
  );
}
