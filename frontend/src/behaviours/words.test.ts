import { expect, it } from "vitest";

import { cookieFor } from "./look";
import { isOurError } from "./refusals";
import { fill } from "./words";

it("fills parameters and leaves unknown ones standing", () => {
  expect(fill("{n}小时", { n: 3 })).toBe("3小时");
  expect(fill("{n}条", {})).toBe("{n}条");
});

it("keeps a choice for a year and deletes it when it is none", () => {
  expect(cookieFor("type", "large")).toBe("type=large; path=/; max-age=31536000; samesite=lax");
  expect(cookieFor("type", "")).toBe("type=; path=/; max-age=0; samesite=lax");
});

it("takes an error fragment for ours, a whole page not", () => {
  expect(isOurError('<div class="error" data-error="not_allowed">…</div>')).toBe(true);
  expect(isOurError('<!doctype html><html lang="zh-CN"><div data-error="x"></div></html>')).toBe(false);
  expect(isOurError("Bad Gateway")).toBe(false);
});
