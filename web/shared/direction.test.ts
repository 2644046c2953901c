import { expect, test } from "vitest";
import { directionOfText, pieces } from "./direction";

test("an Arabic sentence is read from the right, whatever name it begins with", () => {
  expect(directionOfText("Aurora Desk Lamp متوفر", "rtl")).toBe("rtl");
  expect(directionOfText("نعم", "ltr")).toBe("rtl");
  expect(directionOfText("The word نعم means yes", "ltr")).toBe("ltr");
  expect(directionOfText("Aurora Desk Lamp", "rtl")).toBe("ltr");
  expect(directionOfText("145 + 12", "rtl")).toBeUndefined();
});

test("names, numbers and hours stand by themselves in it, and nothing is lost", () => {
  const text = "سعر Aurora C++ هو 145.50 € من 9-17، هاتف +49 30 1234.";
  const found = pieces(text, "rtl");
  expect(found.map((one) => one.text).join("")).toBe(text);
  expect(found.filter((one) => one.isolated).map((one) => one.text)).toEqual([
    "Aurora C++",
    "145.50 €",
    "9-17",
    "+49 30 1234",
  ]);
  expect(pieces(text, "ltr")).toHaveLength(1);
});
