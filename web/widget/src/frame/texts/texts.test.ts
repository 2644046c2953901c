import { expect, test } from "vitest";
import { en } from "./en";
import { directionOf, filled, textsFor } from "./texts";

test.each(["en", "de", "es", "fr", "ar", "zh"])(
  "%s says everything, with the same places for names",
  (language) => {
    const { texts } = textsFor(language);
    for (const name of Object.keys(en) as (keyof typeof en)[]) {
      expect(texts[name].trim()).not.toBe("");
      expect(texts[name].includes("{name}")).toBe(en[name].includes("{name}"));
    }
  },
);

test("the first wish that is spoken counts", () => {
  expect(textsFor("nl-NL", null, "fr_CA", "de").language).toBe("fr");
  expect(textsFor("constructor", undefined, "").language).toBe("en");
  expect(directionOf("ar")).toBe("rtl");
  expect(filled("{name} is here", "$& Robin")).toBe("$& Robin is here");
});
