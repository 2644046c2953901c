/** A text by language: the codes typed, a field each. */

import { Several, Text } from "./fields";

export function Texts({
  label,
  value,
  max = 1_000,
  onChange,
}: {
  label: string;
  value: { [language: string]: string };
  max?: number;
  onChange: (value: { [language: string]: string }) => void;
}) {
  const languages = Object.keys(value);
  return (
    <>
      <Several
        label={`${label}: languages`}
        placeholder="en, de"
        value={languages}
        onChange={(codes) => onChange(Object.fromEntries(codes.map((code) => [code, value[code] ?? ""])))}
      />
      {languages.map((code) => (
        <Text
          key={code}
          label={`${label} (${code})`}
          rows={2}
          max={max}
          value={value[code] ?? ""}
          onChange={(text) => onChange({ ...value, [code]: text })}
        />
      ))}
    </>
  );
}
