/**
 * Opens the page for the phone without a network. It keeps the page, which is the same for
 * everybody, and its scripts and styles; nothing that anybody sent or fetched.
 */
export {};

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", act: (event: Extendable) => void): void;
  addEventListener(type: "fetch", act: (event: Asked) => void): void;
}

const worker = self as unknown as Worker;
const CACHE = "field-shell";
const SHELL = new URL("./", self.location.href).pathname;
const PATIENCE = 4_000; // a weak network counts as none

function filesOf(page: string): string[] {
  const found = [...page.matchAll(/(?:href|src)="([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? "");
  return [...new Set(found)].map((address) => new URL(address, self.location.href).pathname);
}

async function keep(page: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  const files = filesOf(await page.clone().text());
  const known = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll(files.filter((file) => !known.has(file)));
  await cache.put(SHELL, page);
  for (const old of known) if (old !== SHELL && !files.includes(old)) await cache.delete(old);
}

function isShell(answer: Response): boolean {
  return answer.status === 200 && !answer.redirected && answer.type === "basic";
}

async function renew(): Promise<void> {
  const page = await fetch(SHELL);
  if (isShell(page)) await keep(page);
}

async function open(event: Asked): Promise<Response> {
  const kept = await caches.match(SHELL);
  const fresh = fetch(event.request).then((answer) => {
    if (isShell(answer)) event.waitUntil(keep(answer.clone()));
    return answer;
  });
  if (!kept) return fresh;
  const late = new Promise<Response>((done) => setTimeout(() => done(kept), PATIENCE));
  return Promise.race([fresh, late]).catch(() => kept);
}

worker.addEventListener("install", (event) => {
  event.waitUntil(renew().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && pathname === SHELL) event.respondWith(open(event));
  else if (/\/assets\/[^/]+\.(js|css)$/.test(pathname))
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
});
