/** What the widget says, in the visitor's language; English where a language is missing. */

import { ar } from "./ar";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { zh } from "./zh";

export type Texts = { readonly [Name in keyof typeof en]: string };

const LANGUAGES: { [language: string]: Texts } = { en, de, es, fr, ar, zh };
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** The texts of the first wish that we speak. */
export function textsFor(...wishes: (string | null | undefined)[]): { language: string; texts: Texts } {
  for (const wish of wishes) {
    const language = (wish ?? "").toLowerCase().split(/[-_]/)[0] ?? "";
    const texts = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
    if (texts) return { language, texts };
  }
  return { language: "en", texts: en };
}

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/** `{name}` in a text, filled in. */
export function filled(text: string, name: string): string {
  return text.replace("{name}", () => name);
}
