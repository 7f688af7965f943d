/** data-focuses="id": what comes here goes on to that field, so that one can write at once. */
export function passFocusOn(): void {
  const pass = (target: EventTarget | null): void => {
    const id = target instanceof HTMLElement ? target.dataset["focuses"] : undefined;
    if (id) document.getElementById(id)?.focus();
  };
  document.addEventListener("focusin", ({ target }) => {
    pass(target);
  });
  pass(document.activeElement);
}
