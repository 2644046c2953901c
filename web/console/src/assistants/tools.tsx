/** What an assistant may look up and do, and when a person must agree first. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { answered, api, type Page } from "../api/client";
import { Choice, NumberField, Pair, Section, Switch, Text } from "../parts/fields";
import { Tag, Trouble } from "../parts/parts";
import type { Draft, ToolSetting } from "./settings";

interface Tool {
  name: string;
  title: string;
  description: string;
  identity: string;
  has_effect: boolean;
  needs: string;
  connected: boolean;
}

type Rule = "tool" | "always" | "never" | "up_to";
const RULES: { [rule in Rule]: string } = {
  tool: "As the tool itself has it",
  always: "Always",
  never: "Never",
  up_to: "Above an amount",
};

export function Tools({ draft: { is, set } }: { draft: Draft }) {
  const found = useQuery({
    queryKey: ["tools"],
    queryFn: () => answered<Page<Tool>>(api.GET("/v1/tools")),
  });
  const tools = is.tools ?? [];
  const put = (name: string, setting: ToolSetting | null) => {
    const others = tools.filter((one) => one.name !== name);
    const at = tools.findIndex((one) => one.name === name);
    if (setting && at >= 0) set({ tools: tools.map((one, i) => (i === at ? setting : one)) });
    else set({ tools: setting ? [...others, setting] : others });
  };
  const groups = [
    ["Looks up", found.data?.data.filter((tool) => !tool.has_effect) ?? []],
    ["Does", found.data?.data.filter((tool) => tool.has_effect) ?? []],
  ] as const;
  return (
    <>
      <Trouble error={found.error} />
      {groups.map(
        ([title, those]) =>
          those.length > 0 && (
            <Section title={title} key={title}>
              {those.map((tool) => (
                <ToolFields
                  key={tool.name}
                  tool={tool}
                  setting={tools.find((one) => one.name === tool.name) ?? null}
                  onChange={(setting) => put(tool.name, setting)}
                />
              ))}
            </Section>
          ),
      )}
      <p className="text-sm text-quiet">
        Tools that need a service ask it over a{" "}
        <Link to="/settings/connectors" className="text-accent underline underline-offset-2">
          connector
        </Link>
        .
      </p>
    </>
  );
}

function ToolFields({
  tool,
  setting,
  onChange,
}: {
  tool: Tool;
  setting: ToolSetting | null;
  onChange: (setting: ToolSetting | null) => void;
}) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-2 lg:flex-row lg:items-start">
        <div className="min-w-0 lg:flex-1">
          <Switch
            label={tool.title}
            hint={tool.description.split(/(?<=\.)\s/)[0] ?? ""}
            isOn={setting !== null}
            onChange={(isOn) => onChange(isOn ? { name: tool.name } : null)}
          />
        </div>
        <div className="ms-7 flex flex-wrap gap-2">
          {tool.identity === "verified" && <Tag>verified contacts</Tag>}
          {!tool.connected && <Tag tone="warn">no connector serves {tool.needs}</Tag>}
        </div>
      </div>
      {setting && tool.has_effect && <Approval title={tool.title} setting={setting} onChange={onChange} />}
    </div>
  );
}

function Approval({
  title,
  setting,
  onChange,
}: {
  title: string;
  setting: ToolSetting;
  onChange: (setting: ToolSetting) => void;
}) {
  const { approval } = setting;
  const rule: Rule = !approval ? "tool" : typeof approval === "string" ? approval : "up_to";
  const limit = typeof approval === "object" && approval ? approval : null;
  const choose = (chosen: Rule) => {
    const approvals = { tool: null, always: "always", never: "never", up_to: FRESH_LIMIT } as const;
    onChange({ ...setting, approval: approvals[chosen] });
  };
  return (
    <div className="ms-7">
      <Pair>
        <Choice label={`A person agrees: ${title}`} value={rule} options={RULES} onChange={choose} />
        <NumberField
          label={`Hours until it is denied: ${title}`}
          min={1}
          max={720}
          value={setting.approval_hours ?? 72}
          onChange={(hours) => onChange({ ...setting, approval_hours: hours ?? 72 })}
        />
        {limit && (
          <>
            <NumberField
              label={`Without asking up to: ${title}`}
              min={0}
              step={0.01}
              value={Number(limit.up_to)}
              onChange={(amount) =>
                onChange({ ...setting, approval: { ...limit, up_to: (amount ?? 0).toFixed(2) } })
              }
            />
            <Text
              label={`Currency: ${title}`}
              max={3}
              value={limit.currency}
              onChange={(currency) =>
                onChange({ ...setting, approval: { ...limit, currency: currency.toUpperCase() } })
              }
            />
          </>
        )}
      </Pair>
    </div>
  );
}

const FRESH_LIMIT = { up_to: "50.00", currency: "EUR" };
