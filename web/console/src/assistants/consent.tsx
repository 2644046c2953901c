/** What contacts are told of the assistant, and whether it needs their word for keeping theirs. */

import { Choice, Section } from "../parts/fields";
import { Texts } from "../parts/texts";
import type { Asking, Draft } from "./settings";

const ASKING: { [value in Asking]: string } = {
  assumed: "Yes, until somebody withdraws it",
  asked: "Only where somebody has agreed",
};

export function Consent({ draft: { is, set } }: { draft: Draft }) {
  return (
    <>
      <Section
        title="That an AI answers"
        about="Said once, before the first reply of a conversation; the widget shows it above every one. Without a line nothing is said."
      >
        <Texts
          label="The line"
          max={300}
          value={is.disclosure}
          onChange={(disclosure) => set({ disclosure })}
        />
      </Section>
      <Section
        title="Consent"
        about="Your program or the contact records each decision; a conversation shows what its contact has decided. Who withdraws is forgotten at once in what was kept for it."
      >
        <Choice
          label="Remembering what they tell of themselves"
          hint="For their later conversations."
          value={is.consent.remember}
          options={ASKING}
          onChange={(remember) => set({ consent: { ...is.consent, remember } })}
        />
        <Choice
          label="Learning from their questions"
          hint="Questions are recorded without a name, and may become suggestions for the knowledge."
          value={is.consent.learn}
          options={ASKING}
          onChange={(learn) => set({ consent: { ...is.consent, learn } })}
        />
      </Section>
    </>
  );
}
