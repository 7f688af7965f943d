/** Forms are sent once; what takes longer than half a second shows that it is under way. */

const PATIENCE = 500;
const FORGIVEN = 20_000; // a download leaves the page as it is: let the form be used again

export function sendOnce(): void {
  const timers = new WeakMap<HTMLElement, number>();

  const wait = (element: HTMLElement): void => {
    timers.set(
      element,
      window.setTimeout(() => element.setAttribute("aria-busy", "true"), PATIENCE),
    );
  };
  const done = (element: HTMLElement): void => {
    window.clearTimeout(timers.get(element));
    element.removeAttribute("aria-busy");
  };
  const release = (form: HTMLFormElement): void => {
    delete form.dataset["sent"];
    for (const button of form.ownerDocument.querySelectorAll<HTMLElement>(".btn[aria-busy]")) {
      done(button);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || takenByHtmx(form)) return;
    if (form.dataset["sent"]) {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "true";
    const button = event.submitter;
    if (button) wait(button);
    window.setTimeout(() => {
      release(form);
    }, FORGIVEN);
  });

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) release(form);
  });

  document.addEventListener("htmx:before:request", (event) => {
    const button = buttonOf(event);
    if (button) wait(button);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const button = buttonOf(event);
    if (button) done(button);
  });

  // Filters send themselves where there are scripts; without, there is a button.
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (field.closest("[data-submits]")) {
      (field as HTMLInputElement).form?.requestSubmit();
    }
  });
}

function takenByHtmx(form: HTMLFormElement): boolean {
  return ["hx-post", "hx-put", "hx-get", "hx-action"].some((name) => form.hasAttribute(name));
}

interface Context {
  sourceElement?: Element;
  request?: { submitter?: HTMLElement | null };
}

function buttonOf(event: Event): HTMLElement | null {
  const ctx = (event as CustomEvent<{ ctx?: Context }>).detail.ctx;
  return ctx?.request?.submitter ?? ctx?.sourceElement?.closest<HTMLElement>(".btn") ?? null;
}
