/** What may not be longer than so many characters says so when it gets near, and when it is cut. */
import { say } from "./words";

const NEAR = 0.9;

export function countCharacters(): void {
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement) || target.maxLength < 1) return;
    const [written, most] = [target.value.length, target.maxLength];
    const said = written >= most ? say("characters_spent", { n: most }) : say("characters_left", { n: most - written });
    const told = target.parentElement?.querySelector<HTMLElement>("[data-count]");
    if (written < most * NEAR) told?.remove();
    else (told ?? beside(target)).textContent = said;
  });
}

function beside(field: HTMLTextAreaElement): HTMLElement {
  const told = document.createElement("p");
  told.className = "hint";
  told.dataset["count"] = "";
  told.setAttribute("role", "status");
  field.after(told);
  return told;
}
