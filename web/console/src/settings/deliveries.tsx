/** Where events and replies go: webhook endpoints and channels, and what of it did not arrive. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import type { components } from "../api/schema";
import { Choice, Pair, Section, Switch, Text } from "../parts/fields";
import { Ago, Button, inWords, Tag, Trouble } from "../parts/parts";
import { Channels } from "./channels";
import { Once, Twice } from "./once";

type Event = NonNullable<components["schemas"]["NewWebhookEndpoint"]["events"]>[number];

// every event that the API knows: the type check fails for one that is missing here
const EVENTS: { [event in Event]: string } = {
  contact_message: "A contact writes",
  turn_started: "The assistant begins to answer",
  message: "The assistant has answered",
  handoff_requested: "A person is asked for",
  handoff_overdue: "A handoff is overdue",
  operator_joined: "An operator takes over",
  operator_message: "An operator writes",
  handoff_resolved: "A handoff is resolved",
  approval_requested: "An action waits for approval",
  approval_resolved: "An action is approved or denied",
  knowledge_updated: "Knowledge has changed",
  turn_ended: "A turn has ended",
};

interface Endpoint {
  webhook_endpoint_id: string;
  url: string;
  events: Event[];
  enabled: boolean;
  disabled_reason: string | null;
  failing_since: string | null;
}

interface Delivery {
  delivery_id: string;
  event: string;
  kind: string;
  state: "queued" | "sent" | "dead";
  attempts: number;
  created_at: string;
  tries: { status?: number | null; error?: string | null }[];
}

export function Deliveries() {
  return (
    <>
      <Endpoints />
      <Channels />
      <Sent />
    </>
  );
}

function Endpoints() {
  const queries = useQueryClient();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<Event[]>([]);
  const fresh = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const found = useQuery({
    queryKey: ["webhooks"],
    queryFn: () => answered<Page<Endpoint>>(api.GET("/v1/webhook-endpoints")),
  });
  const make = useMutation({
    mutationFn: () =>
      answered<Endpoint & { secret: string }>(
        api.POST("/v1/webhook-endpoints", {
          body: { url: url.trim(), events, description: "" },
        }),
      ),
    onSuccess: () => {
      setUrl("");
      setEvents([]);
      return fresh();
    },
  });
  return (
    <Section
      title="Webhook endpoints"
      refused={make.error}
      about="Events of all conversations, signed as Standard Webhooks."
    >
      <Trouble error={found.error ?? make.error} />
      <ul className="divide-y divide-line">
        {found.data?.data.map((one) => (
          <EndpointItem endpoint={one} key={one.webhook_endpoint_id} />
        ))}
      </ul>
      <Pair>
        <Text
          label="Address"
          name="url"
          placeholder="https://shop.example/frontdesk"
          max={2_000}
          value={url}
          onChange={setUrl}
        />
      </Pair>
      <EventChoice chosen={events} onChange={setEvents} />
      <Button className="self-start" disabled={!url.trim() || make.isPending} onClick={() => make.mutate()}>
        Add endpoint
      </Button>
      {make.data && <Once label="The endpoint's secret" secret={make.data.secret} />}
    </Section>
  );
}

function EventChoice({ chosen, onChange }: { chosen: Event[]; onChange: (chosen: Event[]) => void }) {
  const put = (event: Event, isOn: boolean) =>
    onChange((Object.keys(EVENTS) as Event[]).filter((one) => (one === event ? isOn : chosen.includes(one))));
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">Events</legend>
      <p className="mt-1 mb-3 text-xs text-quiet">
        {chosen.length
          ? `${chosen.length} of ${Object.keys(EVENTS).length} are sent.`
          : "None chosen: all are sent."}
      </p>
      <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        {(Object.keys(EVENTS) as Event[]).map((event) => (
          <Switch
            key={event}
            label={EVENTS[event]}
            hint={event}
            isOn={chosen.includes(event)}
            onChange={(isOn) => put(event, isOn)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function EndpointItem({ endpoint: one }: { endpoint: Endpoint }) {
  const queries = useQueryClient();
  const params = { path: { webhook_endpoint_id: one.webhook_endpoint_id } };
  const done = {
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
      await queries.invalidateQueries({ queryKey: ["deliveries"] });
    },
  };
  const enable = useMutation({
    mutationFn: (enabled: boolean) =>
      answered(api.PATCH("/v1/webhook-endpoints/{webhook_endpoint_id}", { params, body: { enabled } })),
    ...done,
  });
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/webhook-endpoints/{webhook_endpoint_id}", { params })),
    ...done,
  });
  const ping = useMutation({
    mutationFn: () => answered(api.POST("/v1/webhook-endpoints/{webhook_endpoint_id}/ping", { params })),
    ...done,
  });
  const redrive = useMutation({
    mutationFn: () =>
      answered<{ driven: number }>(
        api.POST("/v1/webhook-endpoints/{webhook_endpoint_id}/redrive", { params }),
      ),
    ...done,
  });
  const rotate = useMutation({
    mutationFn: () =>
      answered<{ secret: string }>(
        api.POST("/v1/webhook-endpoints/{webhook_endpoint_id}/rotate-secret", { params }),
      ),
  });
  return (
    <li className="flex flex-col gap-2 py-3 text-sm">
      <p className="font-medium [overflow-wrap:anywhere]">{one.url}</p>
      <p className="text-xs text-quiet">
        {one.events.length ? one.events.map((event) => EVENTS[event]).join(", ") : "All events"}
        {one.failing_since && (
          <>
            {" "}
            · failing since <Ago at={one.failing_since} />
          </>
        )}
        {one.disabled_reason && ` · ${one.disabled_reason}`}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Switch label="Enabled" isOn={one.enabled} onChange={(isOn) => enable.mutate(isOn)} />
        <Button disabled={!one.enabled || ping.isPending} onClick={() => ping.mutate()}>
          Send a ping
        </Button>
        <Button onClick={() => redrive.mutate()}>Send the dead again</Button>
        <Button look="quiet" onClick={() => rotate.mutate()}>
          New secret
        </Button>
        <Twice first="Remove" second="Remove for good" about={one.url} onPress={() => remove.mutate()} />
      </div>
      {redrive.data && <p role="status">{redrive.data.driven} are sent again.</p>}
      {rotate.data && (
        <Once label="The new secret; the old one counts for a day" secret={rotate.data.secret} />
      )}
      <Trouble error={enable.error ?? remove.error ?? ping.error ?? redrive.error ?? rotate.error} />
    </li>
  );
}

const STATES = { all: "All", dead: "Given up", queued: "Waiting", sent: "Sent" };
type Shown = keyof typeof STATES;

function Sent() {
  const queries = useQueryClient();
  const [state, setState] = useState<Shown>("all");
  const found = useQuery({
    queryKey: ["deliveries", state],
    queryFn: () =>
      answered<Page<Delivery>>(
        api.GET("/v1/deliveries", {
          params: { query: { limit: 50, ...(state === "all" ? {} : { state }) } },
        }),
      ),
  });
  const again = useMutation({
    mutationFn: (delivery_id: string) =>
      answered(api.POST("/v1/deliveries/{delivery_id}/redrive", { params: { path: { delivery_id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <Section title="Deliveries" about="What left, what waits, and what was given up.">
      <Choice label="Shown" value={state} options={STATES} onChange={setState} />
      <Trouble error={found.error ?? again.error} />
      {found.data?.data.length === 0 && <p className="text-sm text-quiet">Nothing here.</p>}
      <ul className="divide-y divide-line">
        {found.data?.data.map((one) => (
          <li key={one.delivery_id} className="flex flex-wrap items-center gap-3 py-2 text-sm">
            <Tag tone={one.state === "sent" ? "good" : one.state === "dead" ? "bad" : "warn"}>
              {STATES[one.state]}
            </Tag>
            <span className="min-w-0 flex-1">
              {inWords(one.event)} · {one.kind}
              <span className="block text-xs text-quiet [overflow-wrap:anywhere]">
                {one.attempts} {one.attempts === 1 ? "try" : "tries"} · <Ago at={one.created_at} />
                {one.tries[0] && ` · ${one.tries[0].error || one.tries[0].status || ""}`}
              </span>
            </span>
            {one.state === "dead" && (
              <Button onClick={() => again.mutate(one.delivery_id)}>Send again</Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
