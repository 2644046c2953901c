/** Form parts: a labelled text, number, choice, switch; lists that are typed as text; a list of cards. */

import { type ReactNode, useId, useState } from "react";
import { Button, FIELD } from "./parts";
import { Refused, useRefusal } from "./refused";

interface Labelled {
  label: string;
  hint?: string;
  /** What the API calls it, without `body`: what is refused of it is told here. */
  name?: string;
}

interface Marks {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

function Field({ label, hint, name, children }: Labelled & { children: (marks: Marks) => ReactNode }) {
  const id = useId();
  const refused = useRefusal(name, label);
  return (
    <div className="text-sm">
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children(refused ? { id, "aria-invalid": true, "aria-describedby": `${id}refused` } : { id })}
      {refused && (
        <p id={`${id}refused`} className="mt-1 text-xs text-bad text-pretty">
          {refused}
        </p>
      )}
      {hint && <p className="mt-1 text-xs text-quiet text-pretty">{hint}</p>}
    </div>
  );
}

type TextGiven = Labelled & {
  value: string;
  onChange: (value: string) => void;
  max?: number;
  rows?: number;
  placeholder?: string;
  type?: "text" | "email" | "url" | "password" | "time";
  list?: string[];
  required?: boolean;
};

export function Text({
  label,
  hint,
  name,
  value,
  onChange,
  max = 200,
  rows,
  list,
  type,
  ...rest
}: TextGiven) {
  const listId = useId();
  const given = { ...rest, value, maxLength: max, className: FIELD, dir: "auto" as const };
  return (
    <Field label={label} {...(hint ? { hint } : {})} {...(name ? { name } : {})}>
      {(marks) =>
        rows ? (
          <textarea {...given} {...marks} rows={rows} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <>
            <input
              {...given}
              {...marks}
              type={type ?? "text"}
              autoComplete="off"
              {...(list ? { list: listId } : {})}
              onChange={(event) => onChange(event.target.value)}
            />
            {list && (
              <datalist id={listId}>
                {list.map((one) => (
                  <option value={one} key={one} />
                ))}
              </datalist>
            )}
          </>
        )
      }
    </Field>
  );
}

type NumberGiven = Labelled & {
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number;
  placeholder?: string;
};

/** A number, or null where the field is empty. */
export function NumberField({ label, hint, name, value, onChange, ...rest }: NumberGiven) {
  return (
    <Field label={label} {...(hint ? { hint } : {})} {...(name ? { name } : {})}>
      {(marks) => (
        <input
          {...rest}
          {...marks}
          type="number"
          inputMode="decimal"
          value={value ?? ""}
          className={`${FIELD} tabular-nums`}
          onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
        />
      )}
    </Field>
  );
}

export function Choice<T extends string>({
  label,
  hint,
  name,
  value,
  options,
  onChange,
}: Labelled & { value: T; options: { [value in T]: string }; onChange: (value: T) => void }) {
  return (
    <Field label={label} {...(hint ? { hint } : {})} {...(name ? { name } : {})}>
      {(marks) => (
        <select
          {...marks}
          value={value}
          className={FIELD}
          onChange={(event) => onChange(event.target.value as T)}
        >
          {Object.entries<string>(options).map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Switch({
  label,
  hint,
  isOn,
  onChange,
}: Labelled & { isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <div className="text-sm">
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={isOn}
          className="mt-1 size-4 shrink-0"
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="font-medium">{label}</span>
      </label>
      {hint && <p className="ms-7 text-xs text-quiet text-pretty">{hint}</p>}
    </div>
  );
}

function parsed(text: string, byLine: boolean): string[] {
  return text
    .split(byLine ? "\n" : ",")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Several words: typed with commas between them, or each on a line of its own. */
export function Several({
  value,
  onChange,
  byLine = false,
  ...rest
}: Labelled & {
  value: string[];
  onChange: (value: string[]) => void;
  byLine?: boolean;
  placeholder?: string;
}) {
  const [typed, type] = useState("");
  const isOurs = parsed(typed, byLine).join("\n") === value.join("\n");
  return (
    <Text
      {...rest}
      value={isOurs ? typed : value.join(byLine ? "\n" : ", ")}
      max={8_000}
      {...(byLine ? { rows: Math.min(8, Math.max(2, value.length + 1)) } : {})}
      onChange={(text) => {
        type(text);
        onChange(parsed(text, byLine));
      }}
    />
  );
}

/** A group of fields under one heading. */
export function Section({
  title,
  about,
  refused,
  children,
}: {
  title: string;
  about?: string;
  /** What went wrong with what stands in it: told beside the fields that it is about.
   * Absent: what is around it says so. */
  refused?: unknown;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="flex flex-col gap-4 rounded-xl border border-line bg-card p-5">
      <header>
        <h2 className="text-lg font-semibold">{title}</h2>
        {about && <p className="mt-1 text-sm text-quiet text-pretty">{about}</p>}
      </header>
      {refused === undefined ? children : <Refused error={refused}>{children}</Refused>}
    </section>
  );
}

export function Pair({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 sm:grid-cols-2">{children}</div>;
}

/** A list of things of one kind, each a card that can be taken out; what was taken out comes back by undo. */
export function Cards<T extends object>({
  items,
  noun,
  fresh,
  onChange,
  children,
}: {
  items: T[];
  noun: string;
  fresh: () => T;
  onChange: (items: T[]) => void;
  children: (item: T, change: (item: T) => void) => ReactNode;
}) {
  return (
    <>
      {items.map((item, at) => (
        <fieldset key={at} className="flex min-w-0 flex-col gap-3 rounded-lg bg-raised p-4">
          <legend className="sr-only">
            {noun} {at + 1}
          </legend>
          {children(item, (changed) => onChange(items.map((old, i) => (i === at ? changed : old))))}
          <Button
            look="quiet"
            className="self-end"
            aria-label={`Remove ${noun} ${at + 1}`}
            onClick={() => onChange(items.filter((_, i) => i !== at))}
          >
            Remove
          </Button>
        </fieldset>
      ))}
      <Button className="self-start" onClick={() => onChange([...items, fresh()])}>
        Add {noun}
      </Button>
    </>
  );
}
