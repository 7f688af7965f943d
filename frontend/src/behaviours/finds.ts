/**
 * Enter in a field that finds while one types ([data-finds]) does nothing more: what is found is
 * there. In any other one-line field of such a form it sends the form, not the search.
 */

export function findWhileTyping(): void {
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !(field instanceof HTMLInputElement)) return;
    const form = field.form;
    if (!form?.querySelector("[data-finds]") || field.type === "radio" || field.type === "checkbox")
      return;
    event.preventDefault();
    if (field.matches("[data-finds]")) return;
    const sends = form.querySelector<HTMLElement>("[data-main]") ?? sendsLast(form);
    sends?.click();
  });
}

function sendsLast(form: HTMLFormElement): HTMLElement | undefined {
  return [...form.querySelectorAll<HTMLElement>("button:not([name=find])")].at(-1);
}

/** [data-prints] opens the browser's printing. */
export function printOnDemand(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-prints]")) window.print();
  });
}
