/** Signing out leaves nothing on the phone; it says so first where something would be lost. */
import type { App } from "./app";
import { button, el, sheet, snack } from "./dom";
import { whoAmI } from "./send";
import { word } from "./words";

export async function signOut(app: App): Promise<void> {
  const lost = app.unsent.length + app.others + app.photos.size;
  if (lost && !(await confirmed(word("sign_out_loses", { n: lost })))) return;
  const who = await whoAmI();
  if (who.is === "no network") return snack(word("sign_out_offline"));
  await wipe(app);
  const token = who.is === "me" ? who.me.csrf_token : "";
  const form = el("form", { method: "post", action: document.body.dataset["signOut"] ?? "" });
  form.append(el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token }));
  document.body.append(form);
  form.submit();
}

async function wipe(app: App): Promise<void> {
  await app.store.destroy();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

function confirmed(question: string): Promise<boolean> {
  return new Promise((done) => {
    let said = false;
    const yes = (): void => {
      said = true;
      dialog.close();
    };
    const dialog = sheet(
      word("sign_out"),
      el("p", {}, question),
      el("div", { class: "row-of" }, button(word("back"), () => dialog.close()), button(word("sign_out"), yes, "btn-danger")),
    );
    dialog.addEventListener("close", () => done(said));
  });
}
