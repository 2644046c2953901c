/** Services of the company's own that assistants may ask: added, tried, switched off, removed. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import type { components } from "../api/schema";
import { Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Empty, Tag, Trouble } from "../parts/parts";
import { Twice } from "./once";

interface Connector {
  connector_id: string;
  name: string;
  enabled: boolean;
  serves: string[];
  settings: { base_url: string; operations: { [name: string]: object } };
}

interface Tested {
  ok: boolean;
  records: object[];
  problem: string;
  milliseconds: number;
}

type Settings = components["schemas"]["NewConnector"]["settings"];

const EXAMPLE = `{
  "base_url": "https://shop.example/api",
  "auth": {"kind": "bearer"},
  "operations": {"stock": {"path": "/stock", "query": {"q": "{product}"}}}
}`;

export function Connectors() {
  const found = useQuery({
    queryKey: ["connectors"],
    queryFn: () => answered<Page<Connector>>(api.GET("/v1/connectors")),
  });
  return (
    <>
      <Section title="Connectors" about="What they serve becomes tools that an assistant may be given.">
        <Trouble error={found.error} />
        {found.data?.data.length === 0 && (
          <Empty title="None yet">
            Connect your shop's API, and assistants can look up orders and stock.
          </Empty>
        )}
        {found.data?.data.map((one) => (
          <Item connector={one} key={one.connector_id} />
        ))}
      </Section>
      <New />
    </>
  );
}

function useFresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["connectors"] });
}

function Item({ connector: one }: { connector: Connector }) {
  const fresh = useFresh();
  const params = { path: { connector_id: one.connector_id } };
  const [operation, setOperation] = useState(Object.keys(one.settings.operations)[0] ?? "");
  const [values, setValues] = useState("{}");
  const change = useMutation({
    mutationFn: (enabled: boolean) =>
      answered(api.PATCH("/v1/connectors/{connector_id}", { params, body: { enabled } })),
    onSettled: fresh,
  });
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/connectors/{connector_id}", { params })),
    onSettled: fresh,
  });
  const test = useMutation({
    mutationFn: () =>
      answered<Tested>(
        api.POST("/v1/connectors/{connector_id}/test", {
          params,
          body: { operation, values: JSON.parse(values) },
        }),
      ),
  });
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-lg bg-raised p-4">
      <legend className="sr-only">{one.name}</legend>
      <div className="flex flex-wrap items-center gap-3">
        <span className="min-w-0 flex-1 basis-48 text-sm [overflow-wrap:anywhere]">
          <span className="font-medium">{one.name}</span>
          <span className="block text-xs text-quiet">{one.settings.base_url}</span>
        </span>
        {one.serves.map((part) => (
          <Tag key={part}>{part}</Tag>
        ))}
      </div>
      <Switch
        label={`${one.name} may be asked`}
        isOn={one.enabled}
        onChange={(enabled) => change.mutate(enabled)}
      />
      <details className="text-sm">
        <summary className="text-quiet hover:text-ink">Try it</summary>
        <div className="mt-2 flex flex-col gap-3">
          <Pair>
            <Text
              label="Operation"
              max={40}
              list={Object.keys(one.settings.operations)}
              value={operation}
              onChange={setOperation}
            />
            <Text label="Values as JSON" max={2_000} value={values} onChange={setValues} />
          </Pair>
          <Button
            className="self-start"
            disabled={!isObject(values) || test.isPending}
            onClick={() => test.mutate()}
          >
            Make one call
          </Button>
          {test.data && (
            <pre role="status" className="max-h-60 overflow-auto rounded-lg bg-card p-3 text-xs" tabIndex={0}>
              {test.data.ok ? JSON.stringify(test.data.records, null, 2) : test.data.problem}
            </pre>
          )}
        </div>
      </details>
      <Trouble error={change.error ?? remove.error ?? test.error} />
      <div className="self-end">
        <Twice first="Remove" second="Remove for good" about={one.name} onPress={() => remove.mutate()} />
      </div>
    </fieldset>
  );
}

function New() {
  const fresh = useFresh();
  const [name, setName] = useState("");
  const [settings, setSettings] = useState(EXAMPLE);
  const [secret, setSecret] = useState("");
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
      return fresh();
    },
  });
  return (
    <Section title="New connector">
      <Pair>
        <Text label="Connector name" value={name} onChange={setName} />
        <Text
          label="Secret"
          hint="Kept sealed and never shown again."
          type="password"
          max={4_000}
          value={secret}
          onChange={setSecret}
        />
      </Pair>
      <Text
        label="Settings as JSON"
        rows={7}
        max={20_000}
        value={settings}
        onChange={setSettings}
        {...(isObject(settings) ? {} : { hint: "This is no JSON object." })}
      />
      <Trouble error={add.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={!name.trim() || !isObject(settings) || add.isPending}
        onClick={() => add.mutate()}
      >
        Add connector
      </Button>
    </Section>
  );
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
