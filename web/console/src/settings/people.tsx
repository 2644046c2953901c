/** Who answers: operators with their roles, and links for them to sign in. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Choice, Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Tag, Trouble } from "../parts/parts";
import { Once } from "./once";

interface Operator {
  operator_id: string;
  email: string;
  name: string;
  role: Role;
  rights: string[];
  available_until?: string | null;
  disabled_at?: string | null;
}
type Role = "owner" | "admin" | "operator" | "viewer";

const ROLES: { [role in Role]: string } = {
  owner: "Owner: everything",
  admin: "Admin: everything",
  operator: "Operator: answers contacts",
  viewer: "Viewer: looks on",
};

export function People() {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["operators"],
    queryFn: () => answered<Page<Operator>>(api.GET("/v1/operators", { params: { query: { limit: 100 } } })),
  });
  const invite = useMutation({
    mutationFn: (operator_id: string) =>
      answered<{ path: string }>(
        api.POST("/v1/operators/{operator_id}/sign-in-links", { params: { path: { operator_id } } }),
      ),
  });
  const presence = useMutation({
    mutationFn: ({ operator_id, available }: { operator_id: string; available: boolean }) =>
      answered(
        api.PUT("/v1/operators/{operator_id}/presence", {
          params: { path: { operator_id } },
          body: { available, minutes: 480 },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["operators"] }),
  });
  return (
    <>
      <Add onDone={() => queries.invalidateQueries({ queryKey: ["operators"] })} />
      <Section title="People">
        <Trouble error={found.error ?? invite.error ?? presence.error} />
        {invite.data && <Once label="The sign-in link" secret={location.origin + invite.data.path} />}
        <ul className="divide-y divide-line">
          {found.data?.data.map((one) => (
            <li key={one.operator_id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
              <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
                <span className="font-medium">{one.name}</span>
                <span className="block text-xs text-quiet">{one.email}</span>
              </span>
              <Tag>{one.role}</Tag>
              {one.rights.includes("knowledge") && <Tag>writes knowledge</Tag>}
              {one.role !== "viewer" && (
                <Switch
                  label={`${one.name} is there`}
                  isOn={one.available_until ? new Date(one.available_until) > new Date() : false}
                  onChange={(available) => presence.mutate({ operator_id: one.operator_id, available })}
                />
              )}
              <Button
                disabled={invite.isPending}
                aria-label={`Sign-in link for ${one.name}`}
                onClick={() => invite.mutate(one.operator_id)}
              >
                Sign-in link
              </Button>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function Add({ onDone }: { onDone: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [learns, setLearns] = useState(false);
  const add = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/v1/operators", {
          body: { name: name.trim(), email: email.trim(), role, rights: learns ? ["knowledge"] : [] },
        }),
      ),
    onSuccess: () => {
      setName("");
      setEmail("");
      return onDone();
    },
  });
  return (
    <Section title="Add somebody" about="They sign in with a link that you make for them.">
      <Pair>
        <Text label="Name" value={name} onChange={setName} />
        <Text label="E-mail" type="email" max={320} value={email} onChange={setEmail} />
        <Choice label="Role" value={role} options={ROLES} onChange={setRole} />
        <div className="self-end pb-2">
          <Switch label="May write knowledge" isOn={learns} onChange={setLearns} />
        </div>
      </Pair>
      <Trouble error={add.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={!name.trim() || !email.includes("@") || add.isPending}
        onClick={() => add.mutate()}
      >
        Add
      </Button>
    </Section>
  );
}
