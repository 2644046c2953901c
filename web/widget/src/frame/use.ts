/** What every part of the widget is given: the store, the view, the texts. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Desk, View } from "./desk";
import type { Texts } from "./texts/texts";

export interface Brand {
  assistant_id: string;
  name: string;
  company: string;
  language: string | null;
  hands_off: boolean;
  accent: string;
  theme: "auto" | "light" | "dark";
  position: "end" | "start";
  greeting: string;
  launcher: string;
  suggestions: string[];
  logo: string;
  files?: boolean;
  /** Whether the desk has a mail server. */
  mails?: boolean;
  /** In one language, or by language. */
  disclosure?: string | { [language: string]: string } | null;
}

/** The words in a visitor's language; in English, or any, where that is missing. */
export function disclosureIn(disclosure: Brand["disclosure"], language: string): string {
  if (!disclosure || typeof disclosure === "string") return disclosure ?? "";
  return disclosure[language] ?? disclosure.en ?? Object.values(disclosure)[0] ?? "";
}

export interface Given {
  desk: Desk;
  brand: Brand;
  texts: Texts;
  language: string;
}

export const GivenContext = createContext<Given>(null as unknown as Given);

export function useGiven(): Given & { view: View } {
  const given = useContext(GivenContext);
  const [view, setView] = useState(given.desk.view);
  useEffect(() => {
    setView(given.desk.view);
    return given.desk.subscribe(() => setView(given.desk.view));
  }, [given.desk]);
  return { ...given, view };
}
