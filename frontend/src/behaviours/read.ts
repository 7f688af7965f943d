/**
 * form[data-read] tells that a person saw the result. With scripts it is sent when the page is seen
 * and never shown; where that fails, its button comes up.
 */
export function tellRead(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-read]");
  if (!form) return;
  const send = (): void => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", send);
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" })
      .then((answer) => {
        if (answer.type !== "opaqueredirect") form.dataset["read"] = "failed";
      })
      .catch(() => {
        form.dataset["read"] = "failed";
      });
  };
  document.addEventListener("visibilitychange", send);
  send();
}
