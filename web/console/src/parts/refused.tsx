/** Around a form: what the server refused of it stands beside the field that it is about. */

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { isAbout, placeInWords, type Refusal, refusalsOf } from "./refusals";

interface Form {
  refusals: Refusal[];
  labels: Map<string, string>;
}

const Around = createContext<Form>({ refusals: [], labels: new Map() });

export function Refused({ error, children }: { error: unknown; children: ReactNode }) {
  const [labels] = useState(() => new Map<string, string>());
  return <Around.Provider value={{ refusals: refusalsOf(error), labels }}>{children}</Around.Provider>;
}

/** What was refused of the field that the API calls `name`; "" where nothing was. */
export function useRefusal(name: string | undefined, label: string): string {
  const { refusals, labels } = useContext(Around);
  useEffect(() => {
    if (name) labels.set(name, label);
  }, [name, label, labels]);
  const own = name ? refusals.filter((one) => isAbout(one, name)) : [];
  return [...new Set(own.map((one) => one.words))].join(" ");
}

/** A refusal with every place by the label of its field; "" where it is about no place. */
export function useRefusedWords(error: unknown): string {
  const { labels } = useContext(Around);
  const lines = refusalsOf(error).map((one) => `${placeInWords(one.place, labels)}: ${one.words}`);
  return [...new Set(lines)].join("\n");
}
