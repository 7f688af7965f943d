/**
 * form[data-submits-on-open] is sent when a person sees the page: who opens a task has received it.
 * Once for each form and tab, so a refusal doesn't come back for ever.
 */

const KEY = "opened:";

export function submitOnOpen(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-submits-on-open]");
  if (!form) return;
  const key = KEY + new URL(form.action).pathname;
  const send = (): void => {
    if (document.hidden || sessionStorage.getItem(key)) return;
    sessionStorage.setItem(key, "sent");
    form.requestSubmit();
  };
  document.addEventListener("visibilitychange", send);
  send();
}
