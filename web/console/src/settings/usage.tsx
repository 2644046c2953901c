/** What the models cost by day, and the limit of a month. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Choice, NumberField, Pair, Section } from "../parts/fields";
import { Button, Share, Tag, Trouble } from "../parts/parts";
import { useGone } from "../parts/undo";

interface Spent {
  day: string;
  model: string;
  node: string;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: string;
}

interface Limit {
  set_by: "platform" | "tenant";
  limit_usd: string;
  used_usd: string;
  cheaper_at: number;
  extractive_at: number;
}

interface Told {
  data: Spent[];
  budget: { spent_usd: string; stage: string; limits: Limit[] };
}

const STAGES: { [stage: string]: string } = {
  cheaper_model: "Cheaper models answer",
  extractive: "Answers are quoted only",
};

export function Usage() {
  const [days, setDays] = useState<"7" | "30" | "90">("30");
  const found = useQuery({
    queryKey: ["usage", days],
    queryFn: () => answered<Told>(api.GET("/v1/usage", { params: { query: { days: Number(days) } } })),
  });
  const told = found.data;
  return (
    <>
      <Section title="Spent">
        <Trouble error={found.error} />
        {told && (
          <p className="flex flex-wrap items-center gap-3 text-sm">
            <span className="text-xl font-semibold tabular-nums">{dollars(told.budget.spent_usd)}</span> this
            month
            {told.budget.stage && <Tag tone="warn">{STAGES[told.budget.stage] ?? told.budget.stage}</Tag>}
          </p>
        )}
        <Choice
          label="Shown"
          value={days}
          options={{ "7": "The last week", "30": "The last 30 days", "90": "The last 90 days" }}
          onChange={setDays}
        />
        {told && told.data.length > 0 && <Plot spent={told.data} days={Number(days)} />}
        {told && <Table spent={told.data} />}
      </Section>
      {told && <Budget limits={told.budget.limits} />}
    </>
  );
}

function Plot({ spent, days }: { spent: Spent[]; days: number }) {
  const today = Date.now();
  const named = Array.from({ length: days }, (_, back) =>
    new Date(today - (days - 1 - back) * 86_400_000).toISOString().slice(0, 10),
  );
  const tokens = new Map<string, number>();
  for (const one of spent)
    tokens.set(one.day, (tokens.get(one.day) ?? 0) + one.input_tokens + one.output_tokens);
  const most = Math.max(1, ...tokens.values());
  const width = 600 / days;
  return (
    <figure>
      <svg viewBox="0 0 600 120" className="w-full" role="img" aria-label={`Tokens a day, ${days} days`}>
        <line x1="0" x2="600" y1="119" y2="119" className="stroke-line" />
        {named.map((day, at) => {
          const height = ((tokens.get(day) ?? 0) / most) * 110;
          return (
            <rect
              key={day}
              x={at * width + width * 0.1}
              y={118 - height}
              width={width * 0.8}
              height={height}
              rx="1"
              className="fill-accent"
            >
              <title>{`${day}: ${(tokens.get(day) ?? 0).toLocaleString()} tokens`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex justify-between gap-3 text-xs text-quiet">
        <span className="whitespace-nowrap">{named[0]}</span>
        <span className="text-center">tokens a day, at most {most.toLocaleString()}</span>
        <span className="whitespace-nowrap">{named[named.length - 1]}</span>
      </figcaption>
    </figure>
  );
}

function Table({ spent }: { spent: Spent[] }) {
  const models = new Map<string, { calls: number; tokens: number; cost: number }>();
  for (const one of spent) {
    const sum = models.get(one.model) ?? { calls: 0, tokens: 0, cost: 0 };
    sum.calls += one.calls;
    sum.tokens += one.input_tokens + one.output_tokens;
    sum.cost += Number(one.cost_usd);
    models.set(one.model, sum);
  }
  if (!models.size) return <p className="text-sm text-quiet">No model has been asked in this time.</p>;
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm tabular-nums">
        <thead className="text-quiet">
          <tr>
            <th className="py-1 text-start font-medium">Model</th>
            <th className="ps-4 text-end font-medium">Calls</th>
            <th className="ps-4 text-end font-medium">Tokens</th>
            <th className="ps-4 text-end font-medium">Cost</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {[...models].map(([model, sum]) => (
            <tr key={model}>
              <td className="py-1">{model}</td>
              <td className="ps-4 text-end">{sum.calls.toLocaleString()}</td>
              <td className="ps-4 text-end">{sum.tokens.toLocaleString()}</td>
              <td className="ps-4 text-end">{dollars(String(sum.cost))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Budget({ limits }: { limits: Limit[] }) {
  const own = limits.find((one) => one.set_by === "tenant");
  const queries = useQueryClient();
  const [limit, setLimit] = useState<number | null>(own ? Number(own.limit_usd) : null);
  const [cheaper, setCheaper] = useState<number | null>(own ? own.cheaper_at * 100 : 80);
  const [quoted, setQuoted] = useState<number | null>(own ? own.extractive_at * 100 : 95);
  const done = { onSuccess: () => queries.invalidateQueries({ queryKey: ["usage"] }) };
  const put = useMutation({
    mutationFn: () =>
      answered(
        api.PUT("/v1/budget", {
          body: {
            limit_usd: limit ?? 0,
            cheaper_at: (cheaper ?? 80) / 100,
            extractive_at: (quoted ?? 95) / 100,
          },
        }),
      ),
    ...done,
  });
  const gone = useGone();
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/budget")),
    onSuccess: () => {
      if (own)
        gone({ words: `Your limit of ${dollars(own.limit_usd)} is removed.`, undo: () => restore(own) });
      return done.onSuccess();
    },
  });
  const restore = async ({ limit_usd, cheaper_at, extractive_at }: Limit) => {
    const body = { limit_usd: Number(limit_usd), cheaper_at, extractive_at };
    await answered(api.PUT("/v1/budget", { body }));
    await done.onSuccess();
  };
  return (
    <Section
      title="Budget"
      refused={put.error}
      about="Near the limit cheaper models answer, at it answers are quoted: nobody is turned away."
    >
      {limits.map((one) => (
        <div key={one.set_by} className="flex flex-wrap items-center gap-3 text-sm">
          <span className="flex-1">
            {one.set_by === "tenant" ? "Your limit" : "The server's limit"}: {dollars(one.limit_usd)} a month
          </span>
          <Share
            label="Used"
            value={Number(one.limit_usd) ? Number(one.used_usd) / Number(one.limit_usd) : 1}
          />
        </div>
      ))}
      <Pair>
        <NumberField
          label="Limit in US dollars a month"
          name="limit_usd"
          min={0}
          value={limit}
          onChange={setLimit}
        />
        <NumberField
          label="Cheaper models from, %"
          name="cheaper_at"
          min={0}
          max={100}
          value={cheaper}
          onChange={setCheaper}
        />
        <NumberField
          label="Only quotes from, %"
          name="extractive_at"
          min={0}
          max={100}
          value={quoted}
          onChange={setQuoted}
        />
      </Pair>
      <Trouble error={put.error ?? remove.error} />
      <div className="flex gap-2">
        <Button look="primary" disabled={limit === null || put.isPending} onClick={() => put.mutate()}>
          Set the limit
        </Button>
        {own && (
          <Button look="quiet" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Remove the limit
          </Button>
        )}
      </div>
    </Section>
  );
}

function dollars(amount: string): string {
  const value = Number(amount);
  return `$${value.toFixed(value && value < 0.1 ? 4 : 2)}`;
}
