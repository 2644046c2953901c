/** One's own second factor: enrolled by a QR code, confirmed by a code, given up with one. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Section, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import { Once } from "./once";

interface Standing {
  confirmed_at: string | null;
  recovery_codes_left: number;
  required: boolean;
}

interface Begun {
  secret: string;
  otpauth_uri: string;
  qr_svg: string;
}

export function SecondFactor() {
  const found = useQuery({
    queryKey: ["second-factor"],
    queryFn: () => answered<Standing>(api.GET("/v1/session/second-factor")),
  });
  const [codes, setCodes] = useState<string[]>([]);
  return (
    <Section
      title="Second factor"
      about="Beside your password, a code of an app on your phone: who learns the password alone stays out."
    >
      <Trouble error={found.error} />
      {codes.length > 0 && (
        <>
          <Once label="Your recovery codes" secret={codes.join(" ")} />
          <p className="text-sm text-quiet">
            Each signs you in once without the app. Keep them where your phone is not.
          </p>
        </>
      )}
      {found.data &&
        (found.data.confirmed_at ? (
          <Enrolled left={found.data.recovery_codes_left} onCodes={setCodes} />
        ) : (
          <Enrol isRequired={found.data.required} onCodes={setCodes} />
        ))}
    </Section>
  );
}

function useFresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["second-factor"] }),
      queries.invalidateQueries({ queryKey: ["me"] }),
    ]);
}

function Enrol({ isRequired, onCodes }: { isRequired: boolean; onCodes: (codes: string[]) => void }) {
  const fresh = useFresh();
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: () => answered<Begun>(api.POST("/v1/session/second-factor")),
  });
  const confirm = useMutation({
    mutationFn: () =>
      answered<{ recovery_codes: string[] }>(
        api.POST("/v1/session/second-factor/confirm", { body: { code: code.trim() } }),
      ),
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      return fresh();
    },
  });
  if (!begin.data)
    return (
      <>
        {isRequired && <p className="text-sm">Your company asks everybody for one.</p>}
        <Trouble error={begin.error} />
        <Button
          look="primary"
          className="self-start"
          disabled={begin.isPending}
          onClick={() => begin.mutate()}
        >
          Set up an app
        </Button>
      </>
    );
  return (
    <>
      <ol className="list-decimal ps-5 text-sm">
        <li>Scan this with an authenticator app, or type the key into it.</li>
        <li>Type the six digits that it shows.</li>
      </ol>
      <img src={begin.data.qr_svg} alt="QR code for your authenticator app" className="size-48 rounded-lg" />
      <code role="status" aria-label="Key for the app" className="text-sm [overflow-wrap:anywhere]">
        {begin.data.secret}
      </code>
      <Text label="Six digits" max={40} value={code} onChange={setCode} />
      <Trouble error={confirm.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={code.trim().length < 6 || confirm.isPending}
        onClick={() => confirm.mutate()}
      >
        Confirm
      </Button>
    </>
  );
}

function Enrolled({ left, onCodes }: { left: number; onCodes: (codes: string[]) => void }) {
  const fresh = useFresh();
  const [code, setCode] = useState("");
  const body = { code: code.trim() };
  const renew = useMutation({
    mutationFn: () =>
      answered<{ recovery_codes: string[] }>(api.POST("/v1/session/second-factor/recovery-codes", { body })),
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      setCode("");
      return fresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => answered(api.POST("/v1/session/second-factor/remove", { body })),
    onSuccess: () => {
      onCodes([]);
      return fresh();
    },
  });
  const isShort = body.code.length < 6;
  return (
    <>
      <p className="text-sm">Your sign-in asks for a code. Recovery codes left: {left}.</p>
      <Text label="A code, to change this" max={40} value={code} onChange={setCode} />
      <Trouble error={renew.error ?? remove.error} />
      <div className="flex flex-wrap gap-2">
        <Button disabled={isShort || renew.isPending} onClick={() => renew.mutate()}>
          New recovery codes
        </Button>
        <Button look="quiet" disabled={isShort || remove.isPending} onClick={() => remove.mutate()}>
          Remove the second factor
        </Button>
      </div>
    </>
  );
}
