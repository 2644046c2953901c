/** Settings to try in one fork: the assistant's own to begin with, which stay as they are. */

import { useState } from "react";
import { MODELS } from "../assistants/models";
import type { Assistant, Draft } from "../assistants/settings";
import { NumberField, Pair, Switch, Text } from "../parts/fields";

const NAMES: { [part in keyof Assistant]?: string } = {
  thresholds: "thresholds",
  model: "model",
  persona: "persona",
  answering: "guidance",
  handoff: "handoff",
};

/** What is tried, in words. */
export function triedIn(changes: Partial<Assistant>): string[] {
  return Object.keys(changes).map((part) => NAMES[part as keyof Assistant] ?? part);
}

export function OtherSettings({ saved, draft: { is, set } }: { saved: Assistant; draft: Draft }) {
  const persona = (changes: Partial<typeof is.persona>) => set({ persona: { ...is.persona, ...changes } });
  const thresholds = (changes: Partial<typeof is.thresholds>) =>
    set({ thresholds: { ...is.thresholds, ...changes } });
  return (
    <div className="flex flex-col gap-3 rounded-lg bg-raised p-3">
      <Pair>
        <NumberField
          label="Answer from"
          min={0}
          max={1}
          step={0.01}
          placeholder="as learnt"
          value={is.thresholds.answer}
          onChange={(answer) => thresholds({ answer })}
        />
        <NumberField
          label="Offer a person from"
          min={0}
          max={1}
          step={0.01}
          placeholder="as learnt"
          value={is.thresholds.offer}
          onChange={(offer) => thresholds({ offer })}
        />
        <Text
          label="Model"
          placeholder="the server's"
          list={MODELS}
          value={is.model ?? ""}
          onChange={(model) => set({ model: model || null })}
        />
        <Text label="Tone" value={is.persona.tone} onChange={(tone) => persona({ tone })} />
      </Pair>
      <Text
        label="Instructions"
        rows={3}
        max={4_000}
        value={is.persona.instructions}
        onChange={(instructions) => persona({ instructions })}
      />
      <MoreGuidance saved={saved} draft={{ is, set }} />
      <Switch
        label="People can be asked"
        isOn={is.handoff.enabled}
        onChange={(enabled) => set({ handoff: { ...is.handoff, enabled } })}
      />
    </div>
  );
}

/** One piece of guidance beside those that the assistant has. */
function MoreGuidance({ saved, draft: { is, set } }: { saved: Assistant; draft: Draft }) {
  const [about, setAbout] = useState("");
  const [instructions, setInstructions] = useState("");
  const put = (when: string, words: string) => {
    const more =
      when.trim() && words.trim()
        ? [{ name: "Tried in a fork", when: { about: when.trim() }, instructions: words.trim() }]
        : [];
    set({ answering: { ...is.answering, guidance: [...saved.answering.guidance, ...more] } });
  };
  return (
    <Pair>
      <Text
        label="More guidance: when"
        placeholder="the customer asks about returns"
        max={300}
        value={about}
        onChange={(words) => {
          setAbout(words);
          put(words, instructions);
        }}
      />
      <Text
        label="More guidance: what"
        placeholder="name the price first"
        max={2_000}
        value={instructions}
        onChange={(words) => {
          setInstructions(words);
          put(about, words);
        }}
      />
    </Pair>
  );
}
