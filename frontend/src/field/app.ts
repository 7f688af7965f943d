/** What the page knows, and what it does when somebody taps. Drawing is in the other files. */
import { snack } from "./dom";
import { photograph } from "./camera";
import type { Order, Point } from "./near";
import { takeUpDraft } from "./record";
import { stillToDo, waiting, type Unsent, type Kind, type Photo } from "./queue";
import { cards as fetchCards, picture, sendAll, whoAmI } from "./send";
import type { Card, Listed, Me, Store } from "./store";
import { word } from "./words";

export const UNDO_FOR = 5_000;
const AGAIN = 60_000;
const MOST_PICTURES = 60;

export type Tab = "checks" | "record" | "queue";
export type Net = "online" | "offline" | "sending" | "signed out";

export interface Verdict {
  command: "PASS" | "FAIL" | "CANNOT_CHECK" | "CONFIRM" | "REFUTE";
  reason: string;
  said: string;
  done: string;
}
export interface Found {
  kind: "fixed" | "report";
  title: string;
  body: Record<string, unknown>;
  photos: Blob[];
  together: boolean;
}

export class App {
  me: Me | undefined;
  listed: Listed | undefined;
  items: Unsent[] = [];
  tab: Tab = "checks";
  order: Order = "due";
  here: Point | undefined;
  net: Net = "online";
  photos = new Map<number, Blob[]>(); // taken for a check that is not decided on yet

  constructor(
    readonly store: Store,
    private readonly draw: (app: App) => void,
  ) {}

  get owner(): number {
    return this.me?.user_id ?? 0;
  }

  get looks(): boolean {
    return Boolean(this.me?.checks || this.me?.verifies);
  }

  get cards(): Card[] {
    return stillToDo(this.listed?.cards ?? [], this.items, this.owner);
  }

  get unsent(): Unsent[] {
    return waiting(this.items, this.owner);
  }

  get others(): number {
    return this.items.filter((item) => item.owner !== this.owner).length;
  }

  async start(): Promise<void> {
    this.me = await this.store.fact<Me>("me");
    this.listed = await this.store.fact<Listed>("checks");
    if (this.me && !this.me.checks) this.tab = "record";
    await this.takeUp();
    await this.refresh();
    await this.sync();
    window.setInterval(() => void this.sync(), AGAIN);
    window.addEventListener("online", () => void this.sync());
    window.addEventListener("offline", () => this.show("offline"));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.sync();
    });
  }

  /** Ask who is signed in, send what waits, fetch the list: in this order, as far as it goes. */
  async sync(): Promise<void> {
    const who = await whoAmI();
    if (who.is !== "me") return this.show(who.is === "signed out" ? "signed out" : "offline");
    await this.become(who.me);
    if (this.unsent.length) {
      this.show("sending");
      const last = await sendAll(this.store, who.me, () => this.refresh());
      if (last === "signed out") return this.show("signed out");
      if (last === "no network") return this.show("offline");
    }
    await this.fetchList();
    this.show("online");
  }

  async decide(card: Card, verdict: Verdict): Promise<void> {
    const photos = this.photos.get(card.task_id) ?? [];
    const body = { seen_revision: card.revision, command: verdict.command, reason: verdict.reason };
    const title = `${card.matter || card.number} ${card.place}`;
    const kept = await this.queue("check", title, body, photos, false, card.task_id, verdict.said, card.number);
    if (kept) this.photos.delete(card.task_id);
    if (kept) await this.keepTaken();
    if (kept) this.offerUndo(kept, verdict.done);
  }

  async record(found: Found): Promise<boolean> {
    const kept = await this.queue(found.kind, found.title, found.body, found.photos, found.together);
    if (kept) this.offerUndo(kept, word(found.kind === "fixed" ? "recorded" : "reported", { matter: found.title }));
    return kept !== undefined;
  }

  async shoot(card: Card): Promise<boolean> {
    const taken = await photograph(card.before ? await this.store.picture(card.before) : undefined);
    if (!taken) return false;
    this.photos.set(card.task_id, [...(this.photos.get(card.task_id) ?? []), taken]);
    await this.keepTaken();
    this.draw(this);
    return true;
  }

  async drop(item: Unsent): Promise<void> {
    await this.store.drop(item.key);
    await this.refresh();
  }

  /** The point lay outside the district: say it without, under a key of its own. */
  async withoutPoint(item: Unsent): Promise<void> {
    const { point: _point, ...body } = item.body;
    await this.store.keep({ ...item, key: newKey(), body, state: "waiting", why: "", code: "" });
    await this.drop(item);
    await this.sync();
  }

  async refresh(): Promise<void> {
    this.items = await this.store.items();
    this.draw(this);
  }

  go(tab: Tab): void {
    this.tab = tab;
    this.draw(this);
    document.getElementById("main")?.focus();
  }

  sortBy(order: Order, here?: Point): void {
    this.order = order;
    this.here = here;
    this.draw(this);
  }

  private show(net: Net): void {
    this.net = net;
    this.draw(this);
  }

  private async become(me: Me): Promise<void> {
    if (this.me && this.me.user_id !== me.user_id) {
      await this.store.forgetLists();
      this.listed = undefined;
    }
    const first = !this.me;
    const changed = this.me?.user_id !== me.user_id;
    this.me = me;
    if (changed) await this.takeUp();
    if (first && !me.checks) this.tab = "record";
    await this.store.keepFact("me", { ...me, csrf_token: "" });
    await this.refresh();
  }

  private async fetchList(): Promise<void> {
    const found = this.looks ? await fetchCards() : [];
    if (!found) return;
    this.listed = { at: Date.now(), cards: found };
    await this.store.keepFact("checks", this.listed);
    await this.dropTakenBut(new Set(found.map((card) => card.task_id)));
    this.draw(this);
    const wanted = new Set(found.map((card) => card.before).filter(Boolean).slice(0, MOST_PICTURES));
    await this.store.dropPicturesBut(wanted);
    for (const address of wanted) {
      if (await this.store.picture(address)) continue;
      const blob = await picture(address);
      if (blob) await this.store.keepPicture(address, blob);
    }
    this.draw(this);
  }

  /** What somebody took or wrote and has not ended yet outlives a reload; each has the own. */
  private async takeUp(): Promise<void> {
    const taken = await this.store.fact<[number, Blob[]][]>(`taken-${this.owner}`);
    this.photos = new Map(taken ?? []);
    await takeUpDraft(this);
  }

  private async keepTaken(): Promise<void> {
    try {
      await this.store.keepFact(`taken-${this.owner}`, [...this.photos]);
    } catch {
      snack(word("not_saved"));
    }
  }

  /** What was taken for a check that is there no more belongs to nothing. */
  private async dropTakenBut(tasks: Set<number>): Promise<void> {
    const gone = [...this.photos.keys()].filter((task) => !tasks.has(task));
    for (const task of gone) this.photos.delete(task);
    if (gone.length) await this.keepTaken();
  }

  private async queue(
    kind: Kind,
    title: string,
    body: Record<string, unknown>,
    photos: Blob[],
    together: boolean,
    taskId = 0,
    said = "",
    number = "",
  ): Promise<Unsent | undefined> {
    const now = Date.now();
    const kept: Photo[] = photos.map((blob) => ({ key: newKey(), blob, sent: false }));
    const item: Unsent = {
      key: newKey(), owner: this.owner, at: now, holdUntil: now + UNDO_FOR, kind, taskId, body, said, title,
      photos: kept, together, state: "waiting", number, why: "", code: "",
    }; // prettier-ignore
    try {
      await this.store.keep(item);
    } catch {
      snack(word("not_saved"));
      return undefined;
    }
    await this.refresh();
    window.setTimeout(() => void this.sync(), UNDO_FOR + 200);
    return item;
  }

  private offerUndo(item: Unsent, done: string): void {
    snack(done, { words: word("undo"), act: () => void this.undo(item), for: UNDO_FOR - 200 });
  }

  private async undo(item: Unsent): Promise<void> {
    if (item.kind === "check" && item.photos.length) {
      this.photos.set(item.taskId, item.photos.map((photo) => photo.blob));
      await this.keepTaken();
    }
    await this.drop(item);
  }
}

function newKey(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
