import { describe, expect, it } from "vitest";

import { unseenOf } from "./alarm";
import { questionOf } from "./live";

describe("what a list asks", () => {
  it("names what it shows and since when, and what it is narrowed to", () => {
    const asked = questionOf("?case=20260302-0001&kind=LEAD&words=井盖", ["20260302-0001"], "2026-03-02T09:00:00+08:00");
    const said = new URLSearchParams(asked);
    expect(said.get("shown")).toBe("20260302-0001");
    expect(said.get("since")).toBe("2026-03-02T09:00:00+08:00");
    expect([said.get("kind"), said.get("words"), said.get("case")]).toEqual(["LEAD", "井盖", null]);
  });
});

describe("an emergency", () => {
  const told = { number: "20260302-0001", words: "煤气味", place: "清波门", href: "/" };

  it("is told until somebody here has seen it", () => {
    expect(unseenOf([told], [])).toEqual([told]);
    expect(unseenOf([told], ["20260302-0001"])).toEqual([]);
  });
});
