/** A new connector, written as fields; whatever fields cannot say is one press away, as JSON. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import type { components } from "../api/schema";
import { Cards, Choice, Pair, Section, Several, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";

type Settings = components["schemas"]["NewConnector"]["settings"];

interface Operation {
  path: string;
  query?: { [name: string]: string };
  [more: string]: unknown;
}

interface Written {
  base_url: string;
  auth: { kind: Auth; header?: string; user?: string };
  operations: { [name: string]: Operation };
  [more: string]: unknown;
}

type Auth = "none" | "bearer" | "header" | "basic";
const AUTHS: { [auth in Auth]: string } = {
  none: "Not at all",
  bearer: "Bearer token",
  header: "A header of its own",
  basic: "User and password",
};
const EXAMPLE: Written = {
  base_url: "https://shop.example/api",
  auth: { kind: "bearer" },
  operations: { stock: { path: "/stock", query: { q: "{product}" } } },
};

export function NewConnector() {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [settings, setSettings] = useState(JSON.stringify(EXAMPLE, null, 2));
  const [secret, setSecret] = useState("");
  const read = parsed(settings);
  const add = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/v1/connectors", {
          body: {
            kind: "http",
            name: name.trim(),
            settings: JSON.parse(settings) as Settings,
            ...(secret ? { secret } : {}),
          },
        }),
      ),
    onSuccess: () => {
      setName("");
      setSecret("");
      return queries.invalidateQueries({ queryKey: ["connectors"] });
    },
  });
  return (
    <Section title="New connector" refused={add.error}>
      <Pair>
        <Text label="Connector name" name="name" value={name} onChange={setName} />
        <Text
          label="Secret"
          name="secret"
          hint="Kept sealed and never shown again."
          type="password"
          max={4_000}
          value={secret}
          onChange={setSecret}
        />
      </Pair>
      {isWritten(read) && (
        <Fields value={read} onChange={(changed) => setSettings(JSON.stringify(changed, null, 2))} />
      )}
      <details className="text-sm">
        <summary className="text-quiet hover:text-ink">Everything, as JSON</summary>
        <div className="mt-2">
          <Text
            label="Settings as JSON"
            rows={10}
            max={20_000}
            value={settings}
            onChange={setSettings}
            {...(read ? {} : { hint: "This is no JSON object." })}
          />
        </div>
      </details>
      <Trouble error={add.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={!name.trim() || !read || add.isPending}
        onClick={() => add.mutate()}
      >
        Add connector
      </Button>
    </Section>
  );
}

function Fields({ value, onChange }: { value: Written; onChange: (value: Written) => void }) {
  const operations = Object.entries(value.operations).map(([name, one]) => ({ name, one }));
  const put = (changed: typeof operations) =>
    onChange({ ...value, operations: Object.fromEntries(changed.map(({ name, one }) => [name, one])) });
  return (
    <>
      <Pair>
        <Text
          label="Where it is"
          name="settings.base_url"
          max={500}
          value={value.base_url}
          onChange={(base_url) => onChange({ ...value, base_url })}
        />
        <Choice
          label="How the secret is shown"
          value={value.auth.kind}
          options={AUTHS}
          onChange={(kind) => onChange({ ...value, auth: { kind } })}
        />
        {value.auth.kind === "header" && (
          <Text
            label="Name of the header"
            max={100}
            value={value.auth.header ?? ""}
            onChange={(header) => onChange({ ...value, auth: { kind: "header", header } })}
          />
        )}
        {value.auth.kind === "basic" && (
          <Text
            label="User"
            max={200}
            value={value.auth.user ?? ""}
            onChange={(user) => onChange({ ...value, auth: { kind: "basic", user } })}
          />
        )}
      </Pair>
      <Cards noun="operation" items={operations} fresh={fresh} onChange={put}>
        {({ name, one }, change) => (
          <Pair>
            <Text
              label="What it does"
              placeholder="order, orders, stock, invoice"
              max={40}
              value={name}
              onChange={(typed) => change({ name: typed.trim(), one })}
            />
            <Text
              label="Path"
              placeholder="/orders/{number}"
              max={500}
              value={one.path}
              onChange={(path) => change({ name, one: { ...one, path } })}
            />
            <Several
              label="Query"
              placeholder="q={product}, limit={limit}"
              value={Object.entries(one.query ?? {}).map(([key, words]) => `${key}=${words}`)}
              onChange={(typed) => change({ name, one: { ...one, query: pairs(typed) } })}
            />
          </Pair>
        )}
      </Cards>
    </>
  );
}

function fresh(): { name: string; one: Operation } {
  return { name: "", one: { path: "/" } };
}

function pairs(typed: string[]): { [name: string]: string } {
  return Object.fromEntries(
    typed.map((one) => {
      const at = one.indexOf("=");
      return at < 0 ? [one, ""] : [one.slice(0, at).trim(), one.slice(at + 1).trim()];
    }),
  );
}

function parsed(text: string): { [name: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is what the fields can show: a service with operations. */
function isWritten(value: { [name: string]: unknown } | null): value is Written {
  return (
    value !== null &&
    typeof value.base_url === "string" &&
    isObject(value.auth) &&
    isObject(value.operations) &&
    Object.values(value.operations).every((one) => isObject(one) && typeof one.path === "string")
  );
}
