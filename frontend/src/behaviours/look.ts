/** Large type at once, without a round trip; the cookie tells the server for the next page. */

const A_YEAR = 365 * 24 * 3600;

export function cookieFor(name: string, value: string): string {
  const age = value ? A_YEAR : 0;
  return `${name}=${value}; path=/; max-age=${String(age)}; samesite=lax`;
}

export function switchType(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-type-switch]");
    if (!button) return;
    event.preventDefault();
    const [value = "", prefix = ""] = button.value.split(":").reverse();
    if (value) document.documentElement.dataset["type"] = value;
    else delete document.documentElement.dataset["type"];
    document.cookie = cookieFor("type", value);
    const other = button.dataset["typeSwitch"] ?? "";
    button.dataset["typeSwitch"] = button.textContent.trim();
    button.textContent = other;
    button.value = `${prefix && "type:"}${value ? "" : "large"}`;
  });
}

/** The menu of small screens closes as one expects: Escape, or a tap beside it. */
export function closeMenus(): void {
  const close = (except: Element | null): void => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => {
    close((event.target as Element).closest("details[data-menu]"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(null);
  });
}
