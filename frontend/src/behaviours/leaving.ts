/**
 * Signing out leaves nothing in the browser, also not what was done outdoors and waits to be sent.
 * Where something waits it is said first; who signs out once more means it.
 */
import { say, tell } from "./words";

const BASE = "chengshao-field";

export async function unsent(): Promise<number> {
  const there = (await indexedDB.databases?.()) ?? [];
  if (!there.some((base) => base.name === BASE)) return 0;
  return new Promise((done) => {
    const request = indexedDB.open(BASE);
    request.onerror = () => done(0);
    request.onsuccess = () => {
      const base = request.result;
      if (!base.objectStoreNames.contains("queue")) return done(0);
      const count = base.transaction("queue").objectStore("queue").count();
      count.onsuccess = () => {
        base.close();
        done(count.result);
      };
      count.onerror = () => done(0);
    };
  });
}

export function askBeforeLeaving(): void {
  let told = false;
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (told || !form.matches("[data-forgets]") || !("indexedDB" in window)) return;
    event.preventDefault();
    told = true;
    void unsent()
      .catch(() => 0)
      .then((n) => (n ? tell(say("unsent_outdoors", { n }), "warning") : form.submit()));
  });
}
