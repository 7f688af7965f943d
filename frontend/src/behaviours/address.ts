/** A form that was refused comes back at the address it was sent to; the page's own is better. */
export function takeOwnAddress(): void {
  const at = document.querySelector<HTMLElement>("[data-stands-at]")?.dataset["standsAt"];
  if (at?.startsWith("/") && !at.startsWith("//")) history.replaceState(history.state, "", at);
}
