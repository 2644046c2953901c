/** The console's few parts: buttons, tags, notes, times, the width of a share. */

import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Problem } from "../../../client/src/problem";
import { useRefusedWords } from "./refused";
import { inWords } from "./words";

export { inWords };

type Look = "primary" | "plain" | "quiet";

const LOOKS: { [look in Look]: string } = {
  primary: "bg-accent text-on-accent border-transparent hover:opacity-90",
  plain: "bg-card border-line hover:border-accent hover:text-accent",
  quiet: "border-transparent text-quiet hover:bg-raised hover:text-ink",
};

export function Button({
  look = "plain",
  className = "",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look }) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex min-h-9 items-center justify-center gap-2 rounded-lg border px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-50 ${LOOKS[look]} ${className}`}
    />
  );
}

const TONES = {
  neutral: "bg-raised text-quiet",
  good: "bg-soft text-accent",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Tag({ tone = "neutral", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span className={`inline-block rounded-md px-2 text-xs leading-5 whitespace-nowrap ${TONES[tone]}`}>
      {children}
    </span>
  );
}

export function Trouble({ error }: { error: unknown }) {
  const refused = useRefusedWords(error);
  if (!error) return null;
  const words =
    refused || (error instanceof Problem ? error.detail || error.title : "Something went wrong. Try again.");
  return (
    <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad whitespace-pre-line">
      {words}
    </p>
  );
}

/** What a page without content teaches. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto max-w-sm px-6 py-16 text-center">
      <p className="text-lg font-semibold">{title}</p>
      <p className="mt-2 text-sm text-quiet text-pretty">{children}</p>
    </div>
  );
}

export function Share({ label, value }: { label: string; value: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div className="flex items-center gap-2 text-xs text-quiet">
      <span>{label}</span>
      <meter className="sr-only" min={0} max={100} value={percent} aria-label={label} />
      <svg
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className="h-1 w-16 rounded bg-raised"
        aria-hidden="true"
      >
        <rect width={percent} height="4" className="fill-accent" />
      </svg>
      <span className="whitespace-nowrap tabular-nums">{percent} %</span>
    </div>
  );
}

export function Ago({ at }: { at: string }) {
  const time = new Date(at);
  return (
    <time dateTime={at} title={time.toLocaleString()} className="whitespace-nowrap">
      {ago(time, new Date())}
    </time>
  );
}

/** "3 min", "2 h", "5 d": the age of something. */
export function ago(time: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - time.getTime()) / 60_000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

const REASONS: { [reason: string]: string } = {
  contact_asked: "Asked for a person",
  not_in_knowledge: "Not in the knowledge",
  low_confidence: "Not sure enough",
  repeated_low_confidence: "Unsure several times",
  sensitive_topic: "Sensitive topic",
  policy: "A rule asks for a person",
  tool_failed: "A tool failed",
  identity_needed: "Identity to be checked",
  budget: "Budget is used up",
  model_unavailable: "Model is away",
  deadline: "Took too long",
  unknown_version: "Begun under an older version",
  unsafe_input: "Looked unsafe",
};

export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? inWords(reason);
}

const CHANNELS: { [channel: string]: string } = { email: "E-mail", whatsapp: "WhatsApp" };

export function channelInWords(channel: string): string {
  return CHANNELS[channel] ?? inWords(channel);
}

export const FIELD =
  "w-full rounded-lg border border-line bg-card px-3 py-2 text-base placeholder:text-quiet focus:border-accent focus:outline-1 focus:outline-accent";
