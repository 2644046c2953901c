/** Services of the company's own that assistants may ask: added, tried, switched off, removed. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Choice, Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Empty, inWords, Tag, Trouble } from "../parts/parts";
import { Readable } from "../parts/readable";
import { NewConnector } from "./connector_form";
import { Twice } from "./once";

interface Connector {
  connector_id: string;
  name: string;
  enabled: boolean;
  serves: string[];
  settings: { base_url?: string; operations?: { [name: string]: object } };
}

interface Tested {
  ok: boolean;
  records: object[];
  problem: string;
  milliseconds: number;
}

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
      <NewConnector />
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
  const operations = one.settings.operations ?? {};
  const [operation, setOperation] = useState(Object.keys(operations)[0] ?? "");
  const [values, setValues] = useState<{ [place: string]: string }>({});
  const places = placesOf(operations[operation]);
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
          body: { operation, values: Object.fromEntries(places.map((name) => [name, values[name] ?? ""])) },
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
      <details className="text-sm">
        <summary className="text-quiet hover:text-ink">What it is asked for</summary>
        <div className="mt-2 [&>div]:bg-card [&>div]:[&_pre]:bg-raised">
          <Readable value={one.settings} />
        </div>
      </details>
      <Switch
        label={`${one.name} may be asked`}
        isOn={one.enabled}
        onChange={(enabled) => change.mutate(enabled)}
      />
      <details className="text-sm" hidden={!operation}>
        <summary className="text-quiet hover:text-ink">Try it</summary>
        <div className="mt-2 flex flex-col gap-3">
          <Pair>
            <Choice
              label="Operation"
              value={operation}
              options={Object.fromEntries(Object.keys(operations).map((name) => [name, inWords(name)]))}
              onChange={setOperation}
            />
            {places.map((name) => (
              <Text
                key={name}
                label={inWords(name)}
                max={500}
                value={values[name] ?? ""}
                onChange={(value) => setValues({ ...values, [name]: value })}
              />
            ))}
          </Pair>
          <Button className="self-start" disabled={test.isPending} onClick={() => test.mutate()}>
            Make one call
          </Button>
          {test.data && (
            <div role="status">
              {test.data.ok ? (
                <>
                  <p className="mb-1 text-quiet">
                    {test.data.records.length} {test.data.records.length === 1 ? "record" : "records"} in{" "}
                    {Math.round(test.data.milliseconds)} ms
                  </p>
                  <Readable value={test.data.records} />
                </>
              ) : (
                <p className="rounded-lg bg-bad-soft px-3 py-2 text-bad [overflow-wrap:anywhere]">
                  {test.data.problem}
                </p>
              )}
            </div>
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

/** What an operation is asked with: the names in braces of its path, query and body. */
function placesOf(operation: object | undefined): string[] {
  const found = JSON.stringify(operation ?? {}).matchAll(/\{([a-z_]+)\}/g);
  return [...new Set([...found].map((match) => match[1] as string))];
}
