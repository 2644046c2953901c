/** Channels of the company's own: signed messages in, signed replies out. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Choice, Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import { Once, Twice } from "./once";

interface Channel {
  channel_id: string;
  name: string;
  url: string;
  assistant_id: string;
  enabled: boolean;
}

export function Channels() {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [chosen, choose] = useState("");
  const fresh = () => queries.invalidateQueries({ queryKey: ["channels"] });
  const found = useQuery({
    queryKey: ["channels"],
    queryFn: () => answered<Page<Channel>>(api.GET("/v1/channels")),
  });
  const assistants = useQuery({
    queryKey: ["assistants"],
    queryFn: () =>
      answered<Page<{ assistant_id: string; name: string }>>(
        api.GET("/v1/assistants", { params: { query: { limit: 100 } } }),
      ),
  });
  const all = assistants.data?.data ?? [];
  const assistant_id = chosen || all[0]?.assistant_id || "";
  const make = useMutation({
    mutationFn: () =>
      answered<{ secret: string }>(
        api.POST("/v1/channels", {
          body: { kind: "custom", name: name.trim(), url: url.trim(), assistant_id, quiet_hours: 72 },
        }),
      ),
    onSuccess: () => {
      setName("");
      setUrl("");
      return fresh();
    },
  });
  const enable = useMutation({
    mutationFn: ({ channel_id, enabled }: { channel_id: string; enabled: boolean }) =>
      answered(
        api.PATCH("/v1/channels/{channel_id}", { params: { path: { channel_id } }, body: { enabled } }),
      ),
    onSettled: fresh,
  });
  const remove = useMutation({
    mutationFn: (channel_id: string) =>
      answered(api.DELETE("/v1/channels/{channel_id}", { params: { path: { channel_id } } })),
    onSettled: fresh,
  });
  return (
    <Section
      title="Channels"
      refused={make.error}
      about="Any messenger of yours: its messages come signed, replies leave signed."
    >
      <Trouble error={found.error ?? make.error ?? enable.error ?? remove.error} />
      <ul className="divide-y divide-line">
        {found.data?.data.map((one) => (
          <li key={one.channel_id} className="flex flex-wrap items-center gap-3 py-2 text-sm">
            <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
              <span className="font-medium">{one.name}</span>
              <span className="block text-xs text-quiet">{one.url}</span>
            </span>
            <Switch
              label={`${one.name} is open`}
              isOn={one.enabled}
              onChange={(enabled) => enable.mutate({ channel_id: one.channel_id, enabled })}
            />
            <Twice
              first="Remove"
              second="Remove for good"
              about={one.name}
              onPress={() => remove.mutate(one.channel_id)}
            />
          </li>
        ))}
      </ul>
      <Pair>
        <Text label="Channel name" name="name" value={name} onChange={setName} />
        <Text label="Where replies are posted" name="url" max={2_000} value={url} onChange={setUrl} />
      </Pair>
      <Choice
        label="Assistant of the channel"
        name="assistant_id"
        hint="It answers what comes by the channel."
        value={assistant_id}
        options={Object.fromEntries(all.map((one) => [one.assistant_id, one.name]))}
        onChange={choose}
      />
      <Button
        className="self-start"
        disabled={!name.trim() || !url.trim() || make.isPending}
        onClick={() => make.mutate()}
      >
        Add channel
      </Button>
      {make.data && <Once label="The channel's secret" secret={make.data.secret} />}
    </Section>
  );
}
