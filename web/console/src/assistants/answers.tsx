/** The words of the answers: guidance under conditions, what is never spoken of, what must be said. */

import { Cards, Choice, Pair, Section, Several, Switch, Text } from "../parts/fields";
import { Texts } from "../parts/texts";
import type { Condition, Draft } from "./settings";

const SENTIMENTS = { any: "Any", negative: "Upset", neutral: "Calm", positive: "Pleased" };

export function Answers({ draft: { is, set } }: { draft: Draft }) {
  const { answering } = is;
  const put = (changes: Partial<typeof answering>) => set({ answering: { ...answering, ...changes } });
  return (
    <>
      <Section title="Guidance" about="Instructions that a model gets only where their condition holds.">
        <Cards
          noun="guidance"
          items={answering.guidance}
          fresh={() => ({ name: "", when: { about: "" }, instructions: "" })}
          onChange={(guidance) => put({ guidance })}
        >
          {(one, change) => (
            <>
              <Text label="Name" max={80} value={one.name} onChange={(name) => change({ ...one, name })} />
              <When when={one.when} onChange={(when) => change({ ...one, when })} />
              <Text
                label="Instructions"
                rows={3}
                max={2_000}
                value={one.instructions}
                onChange={(instructions) => change({ ...one, instructions })}
              />
            </>
          )}
        </Cards>
      </Section>
      <Section title="Forbidden topics" about="Not spoken about, whatever the knowledge holds.">
        <Cards
          noun="topic"
          items={answering.forbidden_topics}
          fresh={() => ({ name: "", when: { about: "" }, action: "refuse" as const, say: {} })}
          onChange={(forbidden_topics) => put({ forbidden_topics })}
        >
          {(one, change) => (
            <>
              <Pair>
                <Text label="Name" max={80} value={one.name} onChange={(name) => change({ ...one, name })} />
                <Choice
                  label="Then"
                  value={one.action}
                  options={{ refuse: "Say that it is not spoken about", hand_off: "Ask a person" }}
                  onChange={(action) => change({ ...one, action })}
                />
              </Pair>
              <When when={one.when} onChange={(when) => change({ ...one, when })} />
              <Texts label="What is said" value={one.say} onChange={(say) => change({ ...one, say })} />
            </>
          )}
        </Cards>
      </Section>
      <Section title="Disclaimers" about="Words that an answer must hold.">
        <Cards
          noun="disclaimer"
          items={answering.disclaimers}
          fresh={() => ({ name: "", text: { en: "" }, when: null })}
          onChange={(disclaimers) => put({ disclaimers })}
        >
          {(one, change) => (
            <>
              <Text label="Name" max={80} value={one.name} onChange={(name) => change({ ...one, name })} />
              <Texts label="Text" value={one.text} onChange={(text) => change({ ...one, text })} />
              <Switch
                label="Only under a condition"
                isOn={one.when !== null}
                onChange={(isOn) => change({ ...one, when: isOn ? { about: "" } : null })}
              />
              {one.when && <When when={one.when} onChange={(when) => change({ ...one, when })} />}
            </>
          )}
        </Cards>
      </Section>
      <Section title="Wording">
        <Several
          byLine
          label="Restrictions"
          hint="What a model is told never to do, each on its own line."
          value={answering.restrictions}
          onChange={(restrictions) => put({ restrictions })}
        />
        <Choice
          label="Answers appear"
          value={answering.streaming}
          options={{
            tokens: "Word by word",
            sentences: "Sentence by sentence",
            whole: "At once, when checked",
          }}
          onChange={(streaming) => put({ streaming })}
        />
        <Several
          label="Hosts that answers may link to"
          placeholder="shop.example, *.shop.example"
          value={is.links.allowed_hosts}
          onChange={(allowed_hosts) => set({ links: { ...is.links, allowed_hosts } })}
        />
        <Cards
          noun="brand word"
          items={answering.brand_words}
          fresh={() => ({ write: "", instead_of: [] as string[] })}
          onChange={(brand_words) => put({ brand_words })}
        >
          {(one, change) => (
            <Pair>
              <Text
                label="Write"
                max={60}
                value={one.write}
                onChange={(write) => change({ ...one, write })}
              />
              <Several
                label="Instead of"
                value={one.instead_of}
                onChange={(instead_of) => change({ ...one, instead_of })}
              />
            </Pair>
          )}
        </Cards>
      </Section>
    </>
  );
}

function When({ when, onChange }: { when: Condition; onChange: (when: Condition) => void }) {
  const set = (changes: Condition) => onChange({ ...when, ...changes });
  return (
    <>
      <Text
        label="When"
        placeholder="the customer asks about returns"
        max={300}
        value={when.about ?? ""}
        onChange={(about) => set({ about })}
      />
      <details className="text-sm">
        <summary className="text-quiet hover:text-ink">More conditions</summary>
        <div className="mt-3 flex flex-col gap-3">
          <Several
            byLine
            label="What contacts would write"
            value={when.examples ?? []}
            onChange={(examples) => set({ examples })}
          />
          <Pair>
            <Several label="Words" value={when.words ?? []} onChange={(words) => set({ words })} />
            <Choice
              label="Mood"
              value={when.sentiment ?? "any"}
              options={SENTIMENTS}
              onChange={(mood) => set({ sentiment: mood === "any" ? null : (mood as "negative") })}
            />
            <Several
              label="Languages"
              placeholder="de, fr"
              value={when.languages ?? []}
              onChange={(languages) => set({ languages })}
            />
            <Several
              label="Channels"
              placeholder="widget, email"
              value={when.channels ?? []}
              onChange={(channels) => set({ channels })}
            />
          </Pair>
        </div>
      </details>
    </>
  );
}
