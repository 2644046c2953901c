/** Who answers: invitations, operators with their roles and rights, whether they are there. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Choice, Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Tag, Trouble } from "../parts/parts";
import { useMe } from "../shell";
import { Once, Twice } from "./once";

type Role = "owner" | "admin" | "operator" | "viewer";

interface Operator {
  operator_id: string;
  email: string;
  name: string;
  role: Role;
  rights: string[];
  available_until?: string | null;
  disabled_at?: string | null;
  has_second_factor?: boolean;
}

interface Invitation {
  invitation_id: string;
  email: string;
  name: string;
  role: Role;
}

const ROLES: { [role in Role]: string } = {
  owner: "Owner: everything",
  admin: "Admin: everything",
  operator: "Operator: answers contacts",
  viewer: "Viewer: looks on",
};

export function People() {
  const found = useQuery({
    queryKey: ["operators"],
    queryFn: () => answered<Page<Operator>>(api.GET("/v1/operators", { params: { query: { limit: 100 } } })),
  });
  return (
    <>
      <Invite />
      <Section title="People">
        <Trouble error={found.error} />
        <ul className="divide-y divide-line">
          {found.data?.data.map((one) => (
            <Person person={one} key={one.operator_id} />
          ))}
        </ul>
      </Section>
    </>
  );
}

function Person({ person: one }: { person: Operator }) {
  const queries = useQueryClient();
  const me = useMe().data;
  const params = { path: { operator_id: one.operator_id } };
  const done = { onSettled: () => queries.invalidateQueries({ queryKey: ["operators"] }) };
  const change = useMutation({
    mutationFn: (body: { role?: Role; rights?: "knowledge"[]; disabled?: boolean }) =>
      answered(api.PATCH("/v1/operators/{operator_id}", { params, body })),
    ...done,
  });
  const presence = useMutation({
    mutationFn: (available: boolean) =>
      answered(
        api.PUT("/v1/operators/{operator_id}/presence", { params, body: { available, minutes: 480 } }),
      ),
    ...done,
  });
  const link = useMutation({
    mutationFn: () =>
      answered<{ path: string }>(api.POST("/v1/operators/{operator_id}/sign-in-links", { params })),
  });
  const signOut = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/operators/{operator_id}/sessions", { params })),
  });
  const reset = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/operators/{operator_id}/second-factor", { params })),
    ...done,
  });
  const isMe = one.operator_id === me?.operator_id;
  return (
    <li className="flex flex-col gap-3 py-4 text-sm">
      <div className="flex flex-wrap items-center gap-3">
        <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
          <span className="font-medium">{one.name}</span>
          <span className="block text-xs text-quiet">{one.email}</span>
        </span>
        {one.disabled_at && <Tag tone="bad">disabled</Tag>}
        <select
          aria-label={`Role of ${one.name}`}
          value={one.role}
          disabled={isMe || change.isPending}
          onChange={(event) => change.mutate({ role: event.target.value as Role })}
          className="min-h-9 rounded-lg border border-line bg-card px-2"
        >
          {Object.keys(ROLES).map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        {one.role !== "viewer" && (
          <Switch
            label={`${one.name} is there`}
            isOn={one.available_until ? new Date(one.available_until) > new Date() : false}
            onChange={(available) => presence.mutate(available)}
          />
        )}
        {one.role === "operator" && (
          <Switch
            label={`${one.name} may write knowledge`}
            isOn={one.rights.includes("knowledge")}
            onChange={(isOn) => change.mutate({ rights: isOn ? ["knowledge"] : [] })}
          />
        )}
        <span className="ms-auto flex flex-wrap justify-end gap-x-2">
          <Button look="quiet" aria-label={`Sign-in link for ${one.name}`} onClick={() => link.mutate()}>
            Sign-in link
          </Button>
          {!isMe && (
            <>
              {one.has_second_factor && (
                <Twice
                  first="Reset second factor"
                  second="Reset it for good"
                  about={`of ${one.name}`}
                  onPress={() => reset.mutate()}
                />
              )}
              <Twice
                first="Sign out"
                second="Sign out everywhere"
                about={one.name}
                onPress={() => signOut.mutate()}
              />
              <Button
                look="quiet"
                aria-label={`${one.disabled_at ? "Enable" : "Disable"} ${one.name}`}
                onClick={() => change.mutate({ disabled: !one.disabled_at })}
              >
                {one.disabled_at ? "Enable" : "Disable"}
              </Button>
            </>
          )}
        </span>
      </div>
      {link.data && <Once label="The sign-in link" secret={location.origin + link.data.path} />}
      {signOut.isSuccess && <p role="status">Signed out everywhere.</p>}
      <Trouble error={change.error ?? presence.error ?? link.error ?? signOut.error ?? reset.error} />
    </li>
  );
}

function Invite() {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [learns, setLearns] = useState(false);
  const fresh = () => queries.invalidateQueries({ queryKey: ["invitations"] });
  const open = useQuery({
    queryKey: ["invitations"],
    queryFn: () =>
      answered<Page<Invitation>>(api.GET("/v1/invitations", { params: { query: { limit: 100 } } })),
  });
  const invite = useMutation({
    mutationFn: () =>
      answered<{ path: string; email: string }>(
        api.POST("/v1/invitations", {
          body: {
            name: name.trim(),
            email: email.trim(),
            role,
            rights: learns ? ["knowledge"] : [],
            expires_in_hours: 72,
          },
        }),
      ),
    onSuccess: () => {
      setName("");
      setEmail("");
      return fresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (invitation_id: string) =>
      answered(api.DELETE("/v1/invitations/{invitation_id}", { params: { path: { invitation_id } } })),
    onSettled: fresh,
  });
  return (
    <Section
      title="Invite somebody"
      refused={invite.error}
      about="Hand them the link; they choose a password of their own."
    >
      <Pair>
        <Text label="Name" name="name" value={name} onChange={setName} />
        <Text label="E-mail" name="email" type="email" max={320} value={email} onChange={setEmail} />
        <Choice label="Role" name="role" value={role} options={ROLES} onChange={setRole} />
        {role === "operator" && (
          <div className="self-end pb-2">
            <Switch label="May write knowledge" isOn={learns} onChange={setLearns} />
          </div>
        )}
      </Pair>
      <Trouble error={invite.error ?? revoke.error ?? open.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={!name.trim() || !email.includes("@") || invite.isPending}
        onClick={() => invite.mutate()}
      >
        Invite
      </Button>
      {invite.data && (
        <Once label={`The invitation for ${invite.data.email}`} secret={location.origin + invite.data.path} />
      )}
      <ul className="divide-y divide-line">
        {open.data?.data.map((one) => (
          <li key={one.invitation_id} className="flex items-center gap-3 py-2 text-sm">
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {one.name}, {one.email}
            </span>
            <Tag tone="warn">invited as {one.role}</Tag>
            <Button
              look="quiet"
              aria-label={`Take back the invitation of ${one.name}`}
              onClick={() => revoke.mutate(one.invitation_id)}
            >
              Take back
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
