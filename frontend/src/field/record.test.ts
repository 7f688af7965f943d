import { describe, expect, it } from "vitest";

import { namedLike } from "./record";

describe("matters beyond the usual ones", () => {
  const matters = [{ name: "上水井盖" }, { name: "雨水井盖" }, { name: "路灯 LED" }];

  it("are found by any part of their name, in any case", () => {
    expect(namedLike(matters, "井盖")).toHaveLength(2);
    expect(namedLike(matters, "led")).toEqual([{ name: "路灯 LED" }]);
  });

  it("are found by everyday words and pinyin initials", () => {
    const drain = { name: "雨水井盖", also: "下水道盖子 ysjg xsdgz" };
    expect(namedLike([...matters, drain], "ysjg")).toEqual([drain]);
    expect(namedLike([...matters, drain], "下水道")).toEqual([drain]);
  });

  it("must have every word, and all stand there unasked", () => {
    expect(namedLike(matters, "雨水 井盖")).toEqual([{ name: "雨水井盖" }]);
    expect(namedLike(matters, " ")).toHaveLength(3);
    expect(namedLike(matters, "树")).toEqual([]);
  });
});
