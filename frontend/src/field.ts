import { countOn } from "./behaviours/due";
import { App, type Tab } from "./field/app";
import { checksPage } from "./field/checks";
import { el } from "./field/dom";
import { signOut } from "./field/leave";
import { recordPage } from "./field/record";
import { Store } from "./field/store";
import { queuePage } from "./field/waiting";
import { word } from "./field/words";

const PAGES: Record<Tab, (app: App) => HTMLElement> = { checks: checksPage, record: recordPage, queue: queuePage };
const part = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

function tabsOf(app: App): Tab[] {
  const all: Tab[] = ["checks", "record", "queue"];
  return all.filter((tab) => tab === "queue" || (tab === "checks" ? app.looks : app.me?.records));
}

function drawTabs(app: App): void {
  const tabs = tabsOf(app).map((tab) => {
    const n = app.unsent.length;
    const words = tab === "queue" && n ? word("queued", { n }) : word(tab);
    const one = el("button", { type: "button", click: () => app.go(tab) }, words);
    if (tab === app.tab) one.setAttribute("aria-current", "page");
    return one;
  });
  part("tabs").replaceChildren(...tabs);
  part("tabs").hidden = !app.me;
}

function drawState(app: App): void {
  const state = part("state");
  const signIn = `${document.body.dataset["signIn"] ?? ""}?next=${encodeURIComponent(location.pathname)}`;
  const said = {
    online: "",
    offline: word("offline"),
    sending: word("sending"),
    "signed out": word("signed_out"),
  }[app.net];
  state.hidden = !said;
  state.className = `state state-${app.net.replace(" ", "-")}`;
  state.replaceChildren(said);
  if (app.net === "signed out") state.append(" ", el("a", { class: "btn", href: signIn }, word("sign_in")));
}

/** What somebody is typing in is not taken from under the fingers. */
function isTyping(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLElement && at.matches("main textarea, main input:not([type=radio])");
}

let drawn: Tab | undefined;

function draw(app: App): void {
  drawTabs(app);
  drawState(app);
  part("sign-out").hidden = !app.me;
  if (drawn === app.tab && isTyping()) return;
  drawn = app.tab;
  part("main").replaceChildren(PAGES[app.tab](app));
}

async function begin(): Promise<void> {
  let store: Store;
  try {
    store = await Store.open();
  } catch {
    part("main").replaceChildren(el("p", { class: "plain" }, word("no_store")));
    return;
  }
  const app = new App(store, draw);
  part("sign-out").addEventListener("click", () => void signOut(app));
  await app.start();
}

if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register(document.body.dataset["worker"] ?? "", { scope: "./" }).catch(() => undefined);
}
countOn();
void begin();
