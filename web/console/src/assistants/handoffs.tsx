/** When a person is asked: whether at all, the tenant's own rules, and the hours of its people. */

import { Cards, Choice, NumberField, Pair, Section, Several, Switch, Text } from "../parts/fields";
import type { Draft, Hours, Rule } from "./settings";

const ACTIONS = {
  hand_off: "Ask a person",
  offer: "Offer a person",
  deliver_with_notice: "Answer with a notice",
  priority: "Put it first in the inbox",
};
const DAYS = { mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri", sat: "Sat", sun: "Sun" };

export function Handoffs({ draft: { is, set } }: { draft: Draft }) {
  const { handoff } = is;
  const put = (changes: Partial<typeof handoff>) => set({ handoff: { ...handoff, ...changes } });
  return (
    <>
      <Section title="People">
        <Switch
          label="People can be asked"
          hint="Without it the assistant says honestly that it does not know."
          isOn={handoff.enabled}
          onChange={(enabled) => put({ enabled })}
        />
        <Switch
          label="Offer a person first"
          hint="The contact decides whether to wait, instead of being handed over at once."
          isOn={handoff.offer_first}
          onChange={(offer_first) => put({ offer_first })}
        />
      </Section>
      <Section title="Rules" about="They hold before any threshold, and no model has a say in them.">
        <Cards noun="rule" items={handoff.rules} fresh={freshRule} onChange={(rules) => put({ rules })}>
          {(rule, change) => <RuleFields rule={rule} change={change} />}
        </Cards>
      </Section>
      <Section title="Hours" about="When your people are there. Outside them contacts are told when.">
        <Switch
          label="People are there at certain hours"
          isOn={handoff.hours !== null}
          onChange={(isOn) => put({ hours: isOn ? freshHours() : null })}
        />
        {handoff.hours && <HoursFields hours={handoff.hours} onChange={(hours) => put({ hours })} />}
      </Section>
    </>
  );
}

function freshRule(): Rule {
  return { name: "", when: { words: [] }, action: "hand_off", reason: "policy", notice: "" };
}

function freshHours(): Hours {
  const days = ["mon", "tue", "wed", "thu", "fri"];
  return { time_zone: "", weekly: [{ days, opens: "09:00", closes: "17:00" }], special_days: [] };
}

function RuleFields({ rule, change }: { rule: Rule; change: (rule: Rule) => void }) {
  const when = (changes: Rule["when"]) => change({ ...rule, when: { ...rule.when, ...changes } });
  const mood = rule.when.sentiment ?? "any";
  return (
    <>
      <Pair>
        <Text label="Name" max={80} value={rule.name} onChange={(name) => change({ ...rule, name })} />
        <Choice
          label="Then"
          value={rule.action}
          options={ACTIONS}
          onChange={(action) =>
            change({ ...rule, action, notice: action === "deliver_with_notice" ? rule.notice : "" })
          }
        />
      </Pair>
      {rule.action === "deliver_with_notice" && (
        <Text
          label="Notice"
          rows={2}
          max={1_000}
          value={rule.notice}
          onChange={(notice) => change({ ...rule, notice })}
        />
      )}
      <Several
        label="When any of these words is said"
        placeholder="lawyer*, chargeback"
        value={rule.when.words ?? []}
        onChange={(words) => when({ words })}
      />
      <Pair>
        <Choice
          label="Mood"
          value={mood}
          options={{ any: "Any", negative: "Upset", neutral: "Calm", positive: "Pleased" }}
          onChange={(chosen) => when({ sentiment: chosen === "any" ? null : chosen })}
        />
        <Choice
          label="Contact"
          value={rule.when.vip === true ? "vip" : rule.when.vip === false ? "other" : "any"}
          options={{ any: "Anyone", vip: "Very important", other: "Everyone else" }}
          onChange={(who) => when({ vip: who === "any" ? null : who === "vip" })}
        />
        <NumberField
          label="Order worth at least"
          min={0}
          value={rule.when.order_value_at_least ?? null}
          onChange={(order_value_at_least) => when({ order_value_at_least })}
        />
        <NumberField
          label="Unsure turns at least"
          min={1}
          max={10}
          value={rule.when.unsure_turns_at_least ?? null}
          onChange={(unsure_turns_at_least) => when({ unsure_turns_at_least })}
        />
        <Several
          label="Languages"
          placeholder="de, fr"
          value={rule.when.languages ?? []}
          onChange={(languages) => when({ languages })}
        />
        <Several
          label="Channels"
          placeholder="widget, email"
          value={rule.when.channels ?? []}
          onChange={(channels) => when({ channels })}
        />
      </Pair>
    </>
  );
}

function HoursFields({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  return (
    <>
      <Text
        label="Time zone"
        placeholder="the company's"
        max={60}
        list={Intl.supportedValuesOf("timeZone")}
        value={hours.time_zone}
        onChange={(time_zone) => onChange({ ...hours, time_zone })}
      />
      <Cards
        noun="hours"
        items={hours.weekly}
        fresh={() => ({ days: ["sat"], opens: "10:00", closes: "14:00" })}
        onChange={(weekly) => onChange({ ...hours, weekly })}
      >
        {(week, change) => (
          <>
            <div className="flex flex-wrap gap-x-4 gap-y-2">
              {Object.entries(DAYS).map(([day, words]) => (
                <Switch
                  key={day}
                  label={words}
                  isOn={week.days.includes(day)}
                  onChange={(isOn) =>
                    change({
                      ...week,
                      days: Object.keys(DAYS).filter((one) => (one === day ? isOn : week.days.includes(one))),
                    })
                  }
                />
              ))}
            </div>
            <Pair>
              <Text
                label="From"
                max={5}
                value={week.opens}
                onChange={(opens) => change({ ...week, opens })}
              />
              <Text
                label="To"
                max={5}
                value={week.closes}
                onChange={(closes) => change({ ...week, closes })}
              />
            </Pair>
          </>
        )}
      </Cards>
      <Several
        label="Days off"
        hint="Dates as 2027-01-01, with commas between them."
        value={hours.special_days.filter((day) => !day.hours.length).map((day) => day.date)}
        onChange={(dates) =>
          onChange({
            ...hours,
            special_days: [
              ...hours.special_days.filter((day) => day.hours.length > 0),
              ...dates.map((date) => ({ date, hours: [] })),
            ],
          })
        }
      />
    </>
  );
}
