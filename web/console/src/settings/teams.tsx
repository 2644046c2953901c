/** Teams of operators, and by when a handoff should be answered and ended. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { type Person, type Team, usePeople, useTeams } from "../inbox/people";
import { NumberField, Pair, Section, Switch, Text } from "../parts/fields";
import { Button, Empty, Trouble } from "../parts/parts";
import { Twice } from "./once";

export function Teams() {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const teams = useTeams();
  const people = usePeople();
  const add = useMutation({
    mutationFn: () => answered<Team>(api.POST("/v1/teams", { body: { name: name.trim() } })),
    onSuccess: () => {
      setName("");
      return queries.invalidateQueries({ queryKey: ["teams"] });
    },
  });
  return (
    <>
      <Targets />
      <Section
        title="Teams"
        refused={add.error}
        about="A handoff can be given to a team; the inbox can be narrowed to it."
      >
        <Trouble error={teams.error ?? add.error} />
        {teams.data?.length === 0 && (
          <Empty title="No teams yet">Put together who looks after the same questions.</Empty>
        )}
        {teams.data?.map((one) => (
          <TeamItem team={one} people={people.data ?? []} key={one.team_id} />
        ))}
        <Text label="Name of the new team" name="name" value={name} onChange={setName} />
        <Button className="self-start" disabled={!name.trim() || add.isPending} onClick={() => add.mutate()}>
          Add team
        </Button>
      </Section>
    </>
  );
}

function TeamItem({ team, people }: { team: Team; people: Person[] }) {
  const queries = useQueryClient();
  const params = { path: { team_id: team.team_id } };
  const fresh = { onSettled: () => queries.invalidateQueries({ queryKey: ["teams"] }) };
  const change = useMutation({
    mutationFn: (member_ids: string[]) =>
      answered<Team>(api.PATCH("/v1/teams/{team_id}", { params, body: { member_ids } })),
    ...fresh,
  });
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/teams/{team_id}", { params })),
    ...fresh,
  });
  return (
    <fieldset disabled={change.isPending} className="flex min-w-0 flex-col gap-3 rounded-lg bg-raised p-4">
      <legend className="sr-only">{team.name}</legend>
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1 truncate font-medium">{team.name}</span>
        <Twice
          first="Dissolve"
          second="Dissolve for good"
          about={team.name}
          onPress={() => remove.mutate()}
        />
      </div>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        {people.map((one) => (
          <Switch
            key={one.operator_id}
            label={`${one.name} is in ${team.name}`}
            isOn={team.member_ids.includes(one.operator_id)}
            onChange={(isIn) =>
              change.mutate(
                isIn
                  ? [...team.member_ids, one.operator_id]
                  : team.member_ids.filter((id) => id !== one.operator_id),
              )
            }
          />
        ))}
      </div>
      <Trouble error={change.error ?? remove.error} />
    </fieldset>
  );
}

interface Given {
  first_reply_seconds: number | null;
  resolution_seconds: number | null;
}

function Targets() {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["targets"],
    queryFn: () => answered<Given>(api.GET("/v1/service-targets")),
  });
  const [changed, setChanged] = useState<Partial<Given>>({});
  const save = useMutation({
    mutationFn: (body: Given) => answered<Given>(api.PUT("/v1/service-targets", { body })),
    onSuccess: (saved) => {
      queries.setQueryData(["targets"], saved);
      setChanged({});
    },
  });
  if (!found.data) return <Trouble error={found.error} />;
  const now = { ...found.data, ...changed };
  const minutes = (seconds: number | null) => (seconds === null ? null : seconds / 60);
  const seconds = (given: number | null) => (given === null ? null : Math.round(given * 60));
  return (
    <Section
      title="Targets"
      refused={save.error}
      about="In the hours of each assistant's people. What is overdue is marked in the inbox, and told to webhooks as handoff_overdue."
    >
      <Pair>
        <NumberField
          label="Minutes to the first reply"
          name="first_reply_seconds"
          hint="Empty: no target."
          min={1}
          max={43_200}
          value={minutes(now.first_reply_seconds)}
          onChange={(given) => setChanged({ ...changed, first_reply_seconds: seconds(given) })}
        />
        <NumberField
          label="Minutes to the end"
          name="resolution_seconds"
          hint="Empty: no target."
          min={1}
          max={43_200}
          value={minutes(now.resolution_seconds)}
          onChange={(given) => setChanged({ ...changed, resolution_seconds: seconds(given) })}
        />
      </Pair>
      <Trouble error={save.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={Object.keys(changed).length === 0 || save.isPending}
        onClick={() => save.mutate(now)}
      >
        Save targets
      </Button>
      {save.isSuccess && Object.keys(changed).length === 0 && (
        <p role="status" className="text-sm text-quiet">
          Saved.
        </p>
      )}
    </Section>
  );
}
