/** Texts that operators choose from: written once, changed and removed here. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { type CannedAnswer, useCanned } from "../inbox/canned";
import { Section, Text } from "../parts/fields";
import { Button, Empty, Trouble } from "../parts/parts";
import { useGone } from "../parts/undo";

export function Canned() {
  const found = useCanned("");
  const queries = useQueryClient();
  const [shortcut, setShortcut] = useState("");
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: () => answered(api.POST("/v1/canned-answers", { body: { shortcut: shortcut.trim(), text } })),
    onSuccess: () => {
      setShortcut("");
      setText("");
      return queries.invalidateQueries({ queryKey: ["canned"] });
    },
  });
  return (
    <>
      <Section title="New canned answer" refused={add.error}>
        <Text label="Shortcut" name="shortcut" max={60} value={shortcut} onChange={setShortcut} />
        <Text label="Text" name="text" rows={3} max={8_000} value={text} onChange={setText} />
        <Trouble error={add.error} />
        <Button
          look="primary"
          className="self-start"
          disabled={!shortcut.trim() || !text.trim() || add.isPending}
          onClick={() => add.mutate()}
        >
          Add canned answer
        </Button>
      </Section>
      <Section title="Canned answers">
        <Trouble error={found.error} />
        {found.data?.data.length === 0 && (
          <Empty title="None yet">What is answered often is written once, and chosen from the inbox.</Empty>
        )}
        {found.data?.data.map((one) => (
          <Item key={one.canned_answer_id} canned={one} />
        ))}
      </Section>
    </>
  );
}

function Item({ canned }: { canned: CannedAnswer }) {
  const queries = useQueryClient();
  const [text, setText] = useState(canned.text);
  const params = { path: { canned_answer_id: canned.canned_answer_id } };
  const gone = useGone();
  const fresh = () => queries.invalidateQueries({ queryKey: ["canned"] });
  const change = useMutation({
    mutationFn: () =>
      answered(api.PATCH("/v1/canned-answers/{canned_answer_id}", { params, body: { text } })),
    onSuccess: fresh,
  });
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/canned-answers/{canned_answer_id}", { params })),
    onSuccess: () => {
      gone({ words: `${canned.shortcut} is removed.`, undo: restore });
      return fresh();
    },
  });
  const restore = async () => {
    await answered(
      api.POST("/v1/canned-answers", { body: { shortcut: canned.shortcut, text: canned.text } }),
    );
    await fresh();
  };
  return (
    <div className="flex flex-col gap-2">
      <Text label={canned.shortcut} rows={2} max={8_000} value={text} onChange={setText} />
      <Trouble error={change.error ?? remove.error} />
      <div className="flex gap-2">
        <Button
          aria-label={`Save ${canned.shortcut}`}
          disabled={text === canned.text || !text.trim() || change.isPending}
          onClick={() => change.mutate()}
        >
          Save
        </Button>
        <Button
          look="quiet"
          aria-label={`Remove ${canned.shortcut}`}
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
    </div>
  );
}
